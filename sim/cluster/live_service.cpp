#include "sim/cluster/live_service.hpp"

#include <algorithm>
#include <utility>

namespace stratsim {

LiveService::LiveService(const Setup& setup, Events& events, const Witness& tell)
    : network_(setup.network),
      events_(events),
      tell_(tell),
      way_{{OwnDelays(setup.network, {setup.seed, setup.replication}),
            std::vector<Listing>(static_cast<std::size_t>(setup.network.instances),
                                 Listing(setup.network.falls_back, setup.visitors.shape))}},
      selector_(setup.selector) {
    for (std::size_t version = 0; version < setup.revisions.size(); ++version) add_version();
    if (setup.selected)
        std::copy(setup.selected->begin(), setup.selected->end(), selected_.begin());
    for (Listing& view : last().views) {
        if (setup.selected) view.select(selected_, command);
        if (selector_) view.route(all_to(*selector_), command);
    }
}

void LiveService::add_version() {
    selected_.push_back(true);
    endpoints_.push_back(0);
}

bool LiveService::selects(std::size_t version, RolloutSides sides) const {
    return selected_[version] && version == selector(sides).value_or(version);
}

std::optional<std::size_t> LiveService::selector(RolloutSides sides) const {
    if (selector_ || !to_new_) return selector_;
    if (*to_new_ == everything) return sides.target;
    if (*to_new_ == nothing) return sides.stable;
    return std::nullopt;
}

void LiveService::select(std::optional<std::size_t> version, Time now) {
    selector_ = version;
    tell_(now, fact::Selected{version});
    write({.parts = version ? all_to(*version) : std::vector<Share>{}}, now);
}

void LiveService::expose(const std::vector<std::size_t>& versions, Time now) {
    std::vector<bool> selected(selected_.size(), false);
    for (const std::size_t version : versions) selected[version] = true;
    selector_.reset();
    if (selected == selected_) return;
    selected_ = selected;
    write({.selected = selected_}, now);
}

std::vector<Share> LiveService::all_to(std::size_t version) const {
    std::vector<Share> parts(selected_.size(), nothing);
    parts[version] = everything;
    return parts;
}

bool LiveService::route(std::optional<Share> to_new, RolloutSides sides, Time now) {
    if (to_new == to_new_) return false;
    const bool moves_all = to_new == everything;
    const bool was = to_new_.has_value();
    to_new_ = to_new;
    std::vector<Share> parts = all_to(sides.target);
    parts[sides.target] = to_new.value_or(everything);
    const Share rest{everything.millionths - parts[sides.target].millionths};
    if (sides.stable != sides.target) parts[sides.stable] = rest;
    if (!was && to_new == nothing) {
        // The Service selected the old version all along: nothing changes, nobody has to hear of
        // it.
        for (Listing& view : last().views) view.route(parts, now);
        return true;
    }
    write({.parts = std::move(parts)}, now);
    if (moves_all) tell_(now, fact::Switched{});
    return true;
}

void LiveService::turn_round() {
    if (to_new_) to_new_ = Share{everything.millionths - to_new_->millionths};
}

void LiveService::back_to(std::size_t stable, Time now) {
    if (!to_new_) return;
    to_new_ = nothing;
    write({.parts = all_to(stable)}, now);
}

void LiveService::list(Pod& pod, bool endpoint, Time now) {
    if (pod.endpoint == endpoint) return;
    pod.endpoint = endpoint;
    if (endpoint) pod.listed_at = now;
    endpoints_[pod.version] += endpoint ? 1 : -1;
}

bool LiveService::any_endpoint(std::optional<std::size_t> version, RolloutSides sides) const {
    const auto gets_requests = [&](std::size_t of) {
        if (version) return of == *version;
        return log_.routes().empty() ? selects(of, sides) : log_.routes().back().takes(of);
    };
    for (std::size_t of = 0; of < endpoints_.size(); ++of) {
        if (endpoints_[of] > 0 && gets_requests(of)) return true;
    }
    return false;
}

void LiveService::write(PodId pod, std::uint64_t entity, Heard state, bool passing, Time now) {
    const LogVersion change = log_.append(now, pod, state);
    for (std::uint32_t i = 0; i < instances(); ++i)
        events_.add(now + last().stage.of_pod(entity, state, i), event::Hears{change, i, passing});
}

void LiveService::write(ServiceRoute route, Time now) {
    const auto place = static_cast<std::uint32_t>(log_.routes().size());
    const LogVersion change = log_.append(now, std::move(route));
    for (std::uint32_t i = 0; i < instances(); ++i)
        events_.add(now + last().stage.of_route(place, i), event::Hears{change, i, false});
}

void LiveService::hear(const event::Hears& news, const std::vector<Pod>& pods, Time now) {
    Listing& view = listing(news.instance);
    const EndpointChange& change = log_.upto(news.change).back();
    const auto hear_of = [&](PodId id, Heard state) {
        const Pod& pod = pods[index_of(id)];
        view.hear(id, pod.version, state, pod.accepts(), now);
    };
    if (!change.is_route) {
        const Phase phase = pods[index_of(change.pod())].phase;
        // A pod that has failed or recovered since: the later news are on their way.
        const bool failed = phase == Phase::starting && !network_.lists_unready;
        if (change.state == Heard::ready && failed) return;
        if (change.state == Heard::unknown && phase != Phase::starting) return;
        hear_of(change.pod(), change.state);
        tell_(now, fact::PodHeard{change.pod(), change.state, news.instance});
        return tell_count(now);
    }
    const ServiceRoute& route = log_.routes()[change.subject];
    if (route.selected) {
        if (!to_new_) view.route(std::nullopt, now);
        view.select(*route.selected, now);
    } else {
        view.route(route.parts.empty() ? std::nullopt : std::optional(route.parts), now);
    }
    // One update of the endpoints carries every pod that was ready when it was made.
    for (std::size_t i = 0; i < pods.size(); ++i) {
        const Pod& pod = pods[i];
        if (!route.takes(pod.version)) continue;
        if (pod.phase != Phase::ready || *pod.ready_at > change.written) continue;
        hear_of(static_cast<PodId>(i), Heard::ready);
    }
    tell_(now, fact::SwitchHeard{});
    tell_count(now);
}

void LiveService::stand(PodId id, const Pod& pod) {
    for (Listing& view : last().views) {
        if (index_of(id) < network_.weights.size()) view.weigh(id, network_.weights[index_of(id)]);
        view.hear(id, pod.version, Heard::ready, Accepts::now, command);
    }
}

void LiveService::expect(std::size_t pods) {
    for (Listing& view : last().views) view.expect(pods);
}

void LiveService::stood(const std::vector<bool>& versions) {
    for (Listing& view : last().views) view.stood(versions);
}

void LiveService::accepting_changed(PodId pod, Accepts accepts, Time now) {
    for (Listing& view : last().views) view.accepting_changed(pod, accepts, now);
    tell_count(now);
}

void LiveService::tell_count(Time now) {
    const EndpointCount count = listing().count();
    if (count == last_count_) return;
    last_count_ = count;
    tell_(now, fact::ServiceChanged{count});
}

}  // namespace stratsim
