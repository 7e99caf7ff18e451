#pragma once

#include "sim/cluster/events.hpp"
#include "sim/cluster/pod.hpp"
#include "sim/endpoint.hpp"
#include "sim/facts.hpp"
#include "sim/network/consumer.hpp"
#include "sim/network/endpoint_log.hpp"
#include "sim/numbers/random.hpp"
#include "sim/setup.hpp"
#include "sim/share.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace stratsim {

/// The versions between which a rollout goes: the one that is rolled out, and the one beside it
/// that users are on.
struct RolloutSides {
    std::size_t target = 0;
    std::size_t stable = 0;
};

/// The Service: whose pods are endpoints, who among them gets requests, and what the consumers on a
/// request's way have heard of it. What the API writes about its endpoints goes into a log, in
/// order; each instance of a consumer hears of an entry when the consumer's stage lets it through.
class LiveService {
  public:
    LiveService(const Setup& setup, Events& events, const Witness& tell);

    // Whose pods it has.
    /// One more version; its pods are selected unless somebody says otherwise.
    void add_version();
    /// Whether the selector matches the pods of a version.
    bool selects(std::size_t version, RolloutSides sides) const;
    /// The one version that is selected; unset: all.
    std::optional<std::size_t> selector(RolloutSides sides) const;
    /// Selects one version, or all.
    void select(std::optional<std::size_t> version, Time now);
    /// Selects the pods of these versions and no others.
    void expose(const std::vector<std::size_t>& versions, Time now);

    // Which part of the requests goes where.
    /// Part of the requests for the target; unset: a plain Service.
    std::optional<Share> to_new() const { return to_new_; }
    /// True if that is new.
    bool route(std::optional<Share> to_new, RolloutSides sides, Time now);
    /// Target and stable have changed places: requests go where they went.
    void turn_round();
    /// There is a new target: all requests go to the stable version.
    void back_to(std::size_t stable, Time now);

    // What the API writes of pods.
    /// The API lists the pod, or ceases to.
    void list(Pod& pod, bool endpoint, Time now);
    /// Whether the API lists a pod that gets requests by what was decided last; of one version if a
    /// router chose it.
    bool any_endpoint(std::optional<std::size_t> version, RolloutSides sides) const;
    /// A pod's new state is written; `entity` names it for its delays.
    void write(PodId pod, std::uint64_t entity, Heard state, bool passing, Time now);

    // What consumers have heard.
    void hear(const event::Hears& news, const std::vector<Pod>& pods, Time now);
    /// A pod that stood before everything is known to all.
    void stand(PodId id, const Pod& pod);
    /// There will be about so many pods.
    void expect(std::size_t pods);
    /// Versions that ran at t = 0.
    void stood(const std::vector<bool>& versions);
    /// It begins or ceases to take connections, which nobody hears of.
    void accepting_changed(PodId pod, Accepts accepts, Time now);
    /// Tells how many pods get requests, if that has changed.
    void tell_count(Time now);

    /// The view of one of the balancers.
    Listing& listing(std::size_t instance = 0) { return last().views[instance]; }
    const Listing& listing(std::size_t instance = 0) const { return last().views[instance]; }
    std::size_t instances() const { return last().views.size(); }

  private:
    /// The consumer that sends requests on to pods.
    Consumer& last() { return way_.back(); }
    const Consumer& last() const { return way_.back(); }
    void write(ServiceRoute route, Time now);
    std::vector<Share> all_to(std::size_t version) const;

    const Network& network_;
    Events& events_;
    const Witness& tell_;
    EndpointLog log_;
    std::vector<Consumer> way_;   ///< of a request, in order
    std::vector<bool> selected_;  ///< by version: the selector matches its pods
    std::vector<int> endpoints_;  ///< by version: pods that the API lists
    std::optional<std::size_t> selector_;
    std::optional<Share> to_new_;
    EndpointCount last_count_;
};

}  // namespace stratsim
