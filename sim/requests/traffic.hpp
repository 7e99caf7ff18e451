#pragma once

#include "sim/cluster/cluster.hpp"
#include "sim/ledger.hpp"
#include "sim/requests/aggregate.hpp"
#include "sim/requests/by_pod.hpp"
#include "sim/requests/closed.hpp"
#include "sim/requests/journey.hpp"
#include "sim/requests/open.hpp"
#include "sim/requests/side_traffic.hpp"

#include <variant>
#include <vector>

namespace stratsim {

/// The requests: between two changes of the cluster they advance by themselves, in order of
/// arrival, without an event for any of them. How they come, or are counted instead of followed, is
/// chosen once; what becomes of those that are followed is one Journey.
class Traffic {
  public:
    explicit Traffic(Cluster& cluster);

    /// Takes note of templates that a move has brought.
    void regard_templates() { journey_.regard_templates(); }
    /// All requests that arrive before `until`.
    void run_until(Time until);
    /// Requests may make a probe fail. Then run_until() ends early, where the event is due.
    bool causes_events() const { return journey_.causes_events(); }
    /// A pod that is not ready is probed now; true if that makes it ready.
    bool answers_probe(PodId pod) { return journey_.answers_probe(pod); }
    /// The endpoints have changed, perhaps: who was held for want of one tries again, in order.
    void send_held() { journey_.send_held(); }
    /// The pod's process ends now: its requests in flight die. Returns how many.
    std::size_t cut(PodId pod);
    /// Carries out what is still to be written; after the last request.
    void finish();
    /// Controllers are about to look at what was answered.
    void reveal();
    /// Single requests are known, and with them what each user met.
    bool knows_requests() const { return !std::holds_alternative<Aggregate>(coming_); }

    const Ledger& ledger() const { return journey_.ledger(); }
    const std::vector<Visitor>& visitors() const { return journey_.visitors(); }
    const std::vector<RequestRecord>& records() const { return journey_.records(); }
    std::uint64_t version_flips() const { return journey_.version_flips(); }
    /// The exact number of requests that was asked for has come.
    bool exhausted() const { return journey_.exhausted(); }
    /// When the last answer was or will be given.
    Time last_answer() const { return journey_.last_answer(); }
    const std::vector<Try>& tries() const { return journey_.tries(); }
    /// Where a user's last connection ends; no_pod: it has none.
    PodId connected_to(std::uint32_t user) const { return journey_.connected_to(user); }

  private:
    using Coming = std::variant<OpenRequests, RequestsByPod, ClosedRequests, Aggregate>;
    static Coming coming(Cluster& cluster, Journey& journey);

    Journey journey_;
    SideTraffic side_;
    Coming coming_;
};

}  // namespace stratsim
