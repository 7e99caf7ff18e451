#pragma once

#include "sim/balancers/balancer_instance.hpp"
#include "sim/cluster/cluster.hpp"
#include "sim/ledger.hpp"
#include "sim/numbers/random.hpp"
#include "sim/requests/aggregate.hpp"
#include "sim/requests/batch.hpp"
#include "sim/requests/clients.hpp"
#include "sim/requests/connections.hpp"
#include "sim/requests/readiness.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace stratsim {

/// What a visitor has met so far.
struct Visitor {
    bool saw_old = false;
    bool saw_new = false;
    bool last_was_new = false;
    bool hurt = false;
};

/// The requests: between two changes of the cluster they advance by themselves, in order of
/// arrival, without an event for any of them. A request's fate is known when it arrives; a pod that
/// ends early takes back what it had promised. A setup may have them counted instead (Aggregate).
class Traffic {
  public:
    explicit Traffic(Cluster& cluster);

    /// Takes note of templates that a move has brought.
    void regard_templates();
    /// All requests that arrive before `until`.
    void run_until(Time until);
    /// Requests may make a probe fail. Then run_until() ends early, where the event is due.
    bool causes_events() const { return probes_.any(); }
    /// A pod that is not ready is probed now; true if that makes it ready.
    bool answers_probe(PodId pod);
    /// The endpoints have changed, perhaps: who was held for want of one tries again, in order.
    void send_held();
    /// The pod's process ends now: its requests in flight die. Returns how many.
    std::size_t cut(PodId pod);
    /// Carries out what is still to be written; after the last request.
    void finish();
    /// Controllers are about to look at what was answered.
    void reveal();
    /// Single requests are known, and with them what each user met.
    bool knows_requests() const { return aggregate_ == nullptr; }

    const Ledger& ledger() const { return ledger_; }
    const std::vector<Visitor>& visitors() const { return visitors_; }
    const std::vector<RequestRecord>& records() const { return records_; }
    std::uint64_t version_flips() const { return version_flips_; }
    /// The exact number of requests that was asked for has come.
    bool exhausted() const;
    /// When the last answer was or will be given.
    Time last_answer() const { return last_answer_; }
    const std::vector<Try>& tries() const { return tries_; }
    /// Where a user's last connection ends; no_pod: it has none.
    PodId connected_to(std::uint32_t user) const { return pools_.last(user); }

  private:
    /// One try of a request.
    struct Attempt {
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

    static bool comes_later(const Attempt& a, const Attempt& b) { return a.at > b.at; }
    static std::size_t side_of(const Pod& pod) { return pod.is_new ? 1 : 0; }
    static bool errs(std::uint32_t random, Share errors) {
        if (errors == nothing) return false;
        return static_cast<double>(random) * 0x1p-32 < errors.fraction();
    }

    static Duration gap(const Block& draws, double rate);
    void warm_up();
    void start_clients();
    Time next_arrival(Time from, const Block& draws) const;
    void run_open();
    void draw_next();
    void look_ahead();
    bool worth_a_batch() const;
    void draw_some();
    void run_batch();
    void run_clients(Time until);
    void look_at_probes(PodId pod, Time now);
    void run_again(Time until);
    void retry();
    void side_traffic(Time until);
    void request(Time now, std::uint32_t user, const Block& draws);
    void send(Attempt& first);
    void client_sends(std::uint32_t user, Time now);
    void attempt(Attempt& attempt, PodId pinned);
    PodId noted(Attempt& attempt, PodId id, std::size_t instance, bool pinned);
    void reach(PodId id, Attempt& attempt, std::size_t instance);
    void accept(PodId id, const Attempt& attempt);
    void accept_shared(PodId id, InFlight& request, const Attempt& attempt);
    void settle(PodId id, InFlight& request, Cause if_late);
    void answer_shared(PodId id, InFlight request);
    void work_shared(Time until);
    void fail(const Attempt& attempt, PodId pod, Outcome outcome, Cause cause, Time learned);
    void lose(Outcome outcome, Cause cause, Time arrival, std::uint32_t user);
    bool too_late(const Attempt& attempt, PodId pod);
    Cause why_refused(PodId pod, std::size_t instance) const;
    Cause why_nowhere(const Attempt& attempt, std::size_t instance);
    void meet(std::uint32_t user, std::size_t version);
    void shows(std::uint32_t user, std::uint32_t number);
    void learns(std::uint32_t user, Time at);
    void try_again(const InFlight& request, PodId failed, Time at);
    bool may_retry(std::uint32_t tried) const;
    bool killed_in_flight(PodId id, const InFlight& request);

    PodId pick(const Attempt& attempt, Time now, std::size_t instance);
    PodId another(const Attempt& attempt, std::size_t instance);
    void refused(Attempt& attempt, PodId by, std::size_t instance);
    void queue_again(Attempt attempt);
    Load load_of(PodId id, Time now);
    std::size_t instance_of(const Attempt& attempt) const;
    std::uint32_t address_of(std::uint32_t user) const;
    Duration needs(const Pod& pod, double u, Time now, bool error) const;

    Cluster& cluster_;
    const Visitors& visitors_spec_;
    const Network& network_;
    Randomness random_;
    std::vector<BalancerInstance> instances_;
    Ledger ledger_;
    std::unique_ptr<Aggregate> aggregate_;  ///< instead of nearly everything else
    std::vector<Visitor> visitors_;
    std::vector<RequestRecord> records_;
    std::vector<Attempt> again_;  ///< a heap, earliest first
    std::vector<Attempt> held_;   ///< at the balancer, for want of an endpoint
    std::vector<Try> tries_;
    Clients clients_;
    ReadinessProbes probes_;
    Time halt_ = never;  ///< requests run until then
    ConnectionPools pools_;
    std::uint64_t index_ = 0;
    Block draws_;                    ///< of the next request
    std::array<Block, 32> ahead_{};  ///< of those after it, by index
    Batch batch_;
    Batch::Entry* entry_ = nullptr;  ///< of the batch, which is being served
    std::size_t regarded_ = 0;       ///< templates that were taken note of
    bool all_same_service_ = true;   ///< all versions take equally long for a request
    bool batches_ = false;           ///< pods are served one after the other
    bool looks_ahead_ = false;       ///< the pods of the next requests can be told from their draws
    Time next_ = never;
    Time next_side_ = never;
    std::uint64_t side_index_ = 0;
    std::uint64_t version_flips_ = 0;
    Time last_answer_{};
    bool closed_ = false;
    bool sharing_ = false;  ///< some pods share their processors
    bool records_kept_ = false;
    bool warming_ = false;
};

}  // namespace stratsim
