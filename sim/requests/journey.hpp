#pragma once

#include "sim/balancers/balancer_instance.hpp"
#include "sim/cluster/cluster.hpp"
#include "sim/ledger.hpp"
#include "sim/numbers/random.hpp"
#include "sim/requests/batch.hpp"
#include "sim/requests/connections.hpp"
#include "sim/requests/readiness.hpp"

#include <cstdint>
#include <vector>

namespace stratsim {

/// What a visitor has met so far.
struct Visitor {
    bool saw_old = false;
    bool saw_new = false;
    bool last_was_new = false;
    bool hurt = false;
};

/// One try of a request.
struct PendingTry {
    Time at{};
    Time first{};  ///< when the client sent it
    std::uint32_t user = 0;
    std::uint32_t number = 0;    ///< of the tries before it
    std::vector<PodId> tried{};  ///< where it failed, latest last
    bool stays = false;          ///< it goes to the latest again
    bool held = false;           ///< the balancer had nowhere to send it at first
    std::uint32_t record = 0;
    std::uint32_t requests = 0;  ///< that its connection has carried
    bool counted = true;
    Block draws{};
};

/// Whoever waits for an answer before the next request is sent.
class Waiting {
  public:
    virtual void learns(std::uint32_t user, Time at) = 0;

  protected:
    ~Waiting() = default;
};

/// A request's way, whatever made it come: to a balancer, to a pod, through its queue, to what
/// becomes of it, and again from the start if it failed. Its fate is known when it arrives at a pod
/// that serves first come, first served; a pod that ends early takes back what it had promised.
class Journey {
  public:
    explicit Journey(Cluster& cluster);
    Journey(const Journey&) = delete;
    Journey& operator=(const Journey&) = delete;

    /// Tells `waiting` when users learn what became of their requests.
    void tell(Waiting& waiting) { waiting_ = &waiting; }
    /// Takes note of templates that a move has brought.
    void regard_templates();

    // Requests that come.
    /// Requests and tries before `until` come now; a probe that they make fail may halt them
    /// sooner.
    void begin_stretch(Time until) { halt_ = until; }
    Time halt() const { return halt_; }
    /// How many requests have come.
    std::uint64_t came() const { return came_; }
    void count_one() { ++came_; }
    /// The exact number of requests that was asked for has come.
    bool exhausted() const;
    /// A request comes, and is counted.
    void request(Time now, std::uint32_t user, const Block& draws);
    /// One that came before the command: counted only if the rollout cuts it.
    void request_before(Time now, std::uint32_t user, const Block& draws);
    /// A request that comes is counted, and has a record if they are kept: its number, from 1.
    std::uint32_t counted(Time now, std::uint32_t user);
    /// Where a new request would be sent.
    PodId pick(const PendingTry& attempt, Time now, std::size_t instance);
    /// Notes a try, and what becomes of one that has nowhere to go.
    PodId noted(PendingTry& attempt, PodId id, std::size_t instance, bool pinned);
    /// The pod takes it, or not.
    void reach(PodId id, PendingTry& attempt, std::size_t instance);
    std::size_t instance_of(const PendingTry& attempt) const;
    /// While a batch is served, what its users meet is noted in its entry; null: as it comes.
    void serve_entry(Batch::Entry* entry) { entry_ = entry; }
    void shows(std::uint32_t user, std::uint32_t number);
    void meet(std::uint32_t user, std::size_t version);

    // Time that passes.
    /// The next try of a request that failed; `never` if there is none.
    Time next_try() const { return again_.empty() ? never : again_.front().at; }
    void retry();
    void run_again(Time until);
    /// Answers of pods that share their processors.
    void work_shared(Time until);
    /// Requests may make a probe fail.
    bool causes_events() const { return probes_.any(); }
    bool answers_probe(PodId pod);
    void send_held();
    std::size_t cut(PodId pod);
    void finish();

    /// What is known of all requests. How they come differs; where they are counted is one place.
    Ledger& ledger() { return ledger_; }
    const Ledger& ledger() const { return ledger_; }
    const std::vector<Visitor>& visitors() const { return visitors_; }
    const std::vector<RequestRecord>& records() const { return records_; }
    const std::vector<Try>& tries() const { return tries_; }
    std::uint64_t version_flips() const { return version_flips_; }
    Time last_answer() const { return last_answer_; }
    PodId connected_to(std::uint32_t user) const { return pools_.last(user); }
    bool keeps_connections() const { return pools_.keeps_any(); }
    bool keeps_records() const { return records_kept_; }
    bool all_same_service() const { return all_same_service_; }
    bool chooses_at_random() const {
        return instances_.size() == 1 && instances_.front().chooses_at_random();
    }

  private:
    static bool comes_later(const PendingTry& a, const PendingTry& b) { return a.at > b.at; }
    static std::size_t side_of(const Pod& pod) { return pod.is_new ? 1 : 0; }

    void send(PendingTry& first);
    void attempt(PendingTry& attempt, PodId pinned);
    void learns(std::uint32_t user, Time at) {
        if (waiting_ != nullptr) waiting_->learns(user, at);
    }
    void fail(const PendingTry& attempt, PodId pod, Outcome outcome, Cause cause, Time learned);
    void lose(Outcome outcome, Cause cause, Time arrival, std::uint32_t user);
    bool too_late(const PendingTry& attempt, PodId pod);
    Cause why_refused(PodId pod, std::size_t instance) const;
    Cause why_nowhere(const PendingTry& attempt, std::size_t instance);
    void look_at_probes(PodId pod, Time now);
    void settle_visits(Time now);

    // answers.cpp: in the pod that took it
    struct Reading {
        Time at;  ///< of the counter
        Duration think;
    };
    void accept(PodId id, const PendingTry& attempt);
    Reading reads(Time begins);
    void count_visit(PodId id, InFlight& request, const Reading& reading);
    void answers_client(PodId id, const InFlight& request, const PendingTry& attempt);
    void accept_shared(PodId id, InFlight& request, const PendingTry& attempt);
    void answer_shared(PodId id, InFlight request);
    void settle(PodId id, InFlight& request, Cause if_late);
    Duration needs(const Pod& pod, double u, Time now, bool error) const;

    // retries.cpp
    PodId another(const PendingTry& attempt, std::size_t instance);
    void refused(PendingTry& attempt, PodId by, std::size_t instance);
    void queue_again(PendingTry attempt);
    void try_again(const InFlight& request, PodId failed, Time at);
    bool may_retry(std::uint32_t tried) const;

    // cut.cpp: a pod's end
    void take_back(Pod& pod, const InFlight& request);
    bool killed_in_flight(PodId id, const InFlight& request);

    Load load_of(PodId id, Time now);
    std::uint32_t address_of(std::uint32_t user) const;

    Cluster& cluster_;
    const Visitors& visitors_spec_;
    const Network& network_;
    Randomness random_;
    std::vector<BalancerInstance> instances_;
    Ledger ledger_;
    std::vector<Visitor> visitors_;
    std::vector<RequestRecord> records_;
    std::vector<Try> tries_;
    std::vector<PendingTry> again_;  ///< a heap, earliest first
    std::vector<PendingTry> held_;   ///< at the balancer, for want of an endpoint
    ReadinessProbes probes_;
    ConnectionPools pools_;
    Waiting* waiting_ = nullptr;
    Batch::Entry* entry_ = nullptr;
    Time halt_ = never;
    Time last_answer_{};
    std::uint64_t came_ = 0;
    std::uint64_t version_flips_ = 0;
    std::size_t regarded_ = 0;      ///< templates that were taken note of
    bool all_same_service_ = true;  ///< all versions take equally long for a request
    bool sharing_ = false;          ///< some pods share their processors
    bool records_kept_ = false;
};

}  // namespace stratsim
