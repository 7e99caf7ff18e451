// Why a request was lost, worked out a second time: from the facts that the run told and from where
// the request was sent, and never from what the engine says of it.
#pragma once

#include "scenarios/experiments/case_file.hpp"

#include <algorithm>
#include <set>

namespace stratsim {

/// All causes that the facts leave open: one, but where a router parts the pods, or readiness comes
/// and goes, of which the facts kept here do not tell enough.
class CauseByFacts {
  public:
    CauseByFacts(const Scenario& scenario, const CaseFile& file) : s_(scenario), file_(file) {}

    std::set<Cause> of(std::uint32_t number) const {
        const RequestRecord& record = file_.records[number - 1];
        const auto tries = file_.tries_of(number);
        const Try last = tries.empty() ? Try{.at = record.arrival} : tries.back();
        const bool some = last.pod < file_.pods.size();
        switch (record.outcome) {
            case Outcome::refused:
                return refused(last);
            case Outcome::no_endpoint:
                return nowhere(last.at);
            case Outcome::killed:
                if (last.raced) return {Cause::closed_connection};
                return {s_.old_version.on_sigterm == OnSigterm::exit ? Cause::exited
                                                                     : Cause::out_of_grace};
            case Outcome::timeout:
                // Users who wait behind a balancer that holds requests send their next one late,
                // when the pods may stand otherwise than at its instant.
                if (s_.pause && s_.wait_for_endpoint) {
                    return {Cause::held, Cause::queued, Cause::slow, Cause::ready_before_listening,
                            Cause::still_listed};
                }
                // Its client had left while the balancer held it.
                if (held_first(tries) && last.at > record.arrival + s_.client_timeout)
                    return {Cause::held};
                if (some && !file_.pods[last.pod].listens_at(last.at)) return refused(last);
                return {late(record, tries)};
            case Outcome::overload:
                return {Cause::queue_full};
            case Outcome::version_error:
                return {Cause::version_error};
            case Outcome::success:
                break;
        }
        return {Cause::none};
    }

  private:
    bool routed() const { return s_.strategy == "blue-green" || s_.strategy == "canary"; }

    std::set<Cause> refused(const Try& last) const {
        const PodHistory& pod = file_.pods[last.pod];
        if (!pod.deaf || *pod.deaf > last.at) return {Cause::ready_before_listening};
        if (pod.view(last.instance, last.at) < Heard::terminating) return {Cause::still_listed};
        const bool any_ready = std::ranges::any_of(file_.pods, [&](const PodHistory& other) {
            return other.view(last.instance, last.at) == Heard::ready;
        });
        if (routed()) return {Cause::still_listed, Cause::fallback};
        const bool bound = last.pinned || !s_.redispatch || s_.affinity != Affinity::none;
        if (bound) return {Cause::still_listed, Cause::fallback};
        return {any_ready ? Cause::still_listed : Cause::fallback};
    }

    std::set<Cause> nowhere(Time at) const {
        const bool serves = std::ranges::any_of(file_.pods, [&](const PodHistory& pod) {
            return pod.ready && *pod.ready <= at && (!pod.deleted || at < *pod.deleted);
        });
        if (!serves) return {Cause::nobody_ready};
        if (routed() || s_.old_version.ready_when == ReadyWhen::probed)
            return {Cause::nobody_ready, Cause::not_heard};
        return {Cause::not_heard};
    }

    bool held_first(std::span<const Try> tries) const {
        return tries.size() > 1 && tries.front().pod >= file_.pods.size();
    }

    Cause late(const RequestRecord& record, std::span<const Try> tries) const {
        const bool held =
            held_first(tries) && 2 * (tries.back().at - record.arrival) >= s_.client_timeout;
        if (held) return Cause::held;
        const bool waits = s_.old_version.discipline == Discipline::first_come;
        return waits && 2 * (record.begins - tries.back().at) > s_.client_timeout ? Cause::queued
                                                                                  : Cause::slow;
    }

    const Scenario& s_;
    const CaseFile& file_;
};

}  // namespace stratsim
