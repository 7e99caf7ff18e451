// A Service joins what it selects: whoever shares one with a workload takes a part of its requests.
#include "scenarios/manifests/apply.hpp"

#include "scenarios/manifests/pairs.hpp"
#include "scenarios/manifests/selector.hpp"
#include "scenarios/settings/fields.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace stratsim {

namespace {

std::string name_of(const Workload& workload) {
    return full_name(workload.kind, workload.name);
}

/// The scenario of a workload by itself. A number of pods in a flag is about the one workload that
/// is rolled out, not about those beside it.
Scenario alone(const Workload& workload, Scenario base, bool is_companion) {
    if (is_companion && base.given("pods")) base.origins.erase("pods");
    fill_in(base, workload);
    return base;
}

/// `replicas 4 -> 6 (new/web.yaml:6)`.
std::string told(const Difference& d) {
    const auto value = [](const std::string& text) { return text.empty() ? "none" : text; };
    return fmt::format("{} {} -> {} ({})", d.short_path(), value(d.before), value(d.after),
                       place_text(d.at.file, d.at.line));
}

class Applying {
  public:
    Applying(const Manifests& before, const Manifests& after, const Scenario& base,
             const LaterFiles& later)
        : base_(base),
          later_(later),
          pairs_(workload_pairs(before, after)),
          services_(service_pairs(before, after)) {}

    const std::vector<WorkloadPair>& pairs() const { return pairs_; }
    const std::vector<ServicePair>& services() const { return services_; }

    /// The workload's scenario, with what stands beside it and what its Service selects.
    Scenario scenario(const WorkloadPair& pair) const {
        Scenario s = alone(pair.present(), base_, false);
        for (const auto& [file, manifests] : later_) add_version(s, pair, file, manifests);
        const ServicePair* service = service_of(pair);
        if (service == nullptr) return s;
        s.service = service->after->name;
        Selection selection;
        const auto select = [&](const auto& labels) {
            const std::string& space = pair.present().space;
            selection.before.push_back(selects(*service->before, space, labels));
            selection.after.push_back(selects(*service->after, space, labels));
        };
        select(pair.old_labels());
        select(pair.new_labels());
        for (const WorkloadPair& other : pairs_) {
            if (&other == &pair || !service->selects_any(other)) continue;
            s.companions.push_back(companion(other));
            select(other.old_labels());
            if (s.companions.back().next) select(other.new_labels());
        }
        const auto everything_in = [](const std::vector<bool>& list) {
            return std::ranges::find(list, false) == list.end();
        };
        if (!everything_in(selection.before) || !everything_in(selection.after))
            s.selection = std::move(selection);
        return s;
    }

    /// The same with what applying changes.
    Scenario updated(const WorkloadPair& pair) const {
        Scenario s = scenario(pair);
        const Scenario old = alone(*pair.before, base_, false);
        Update update{.from = pair.before->from,
                      .standing = old.old_version,
                      .pods = old.pods,
                      .new_template = pair.new_template()};
        for (const Difference& d : pair.differences) update.changes.push_back(told(d));
        if (const ServicePair* service = service_of(pair)) {
            for (const Difference& d : service->differences) {
                if (matters(d))
                    update.changes.push_back(
                        fmt::format("Service {}: {}", service->after->name, told(d)));
            }
        }
        bool others_change = false;
        for (const Companion& other : s.companions) {
            if (!other.exists) {
                update.changes.push_back(other.name + " is created behind the same Service");
            } else if (other.next) {
                update.changes.push_back(other.name + " behind the same Service is updated too");
            } else if (other.pods != other.pods_after) {
                update.changes.push_back(fmt::format("{} behind the same Service: {} -> {} pods",
                                                     other.name, other.pods, other.pods_after));
            } else {
                continue;
            }
            others_change = true;
        }
        const bool reselects = s.selection && s.selection->before != s.selection->after;
        update.idle = !update.new_template && old.pods == s.pods && !reselects && !others_change;
        s.update = std::move(update);
        return s;
    }

    static bool matters(const Difference& d) {
        return d.is_below("spec.selector") || d.is_below("spec.sessionAffinity") ||
               d.is_below("spec.sessionAffinityConfig") ||
               d.is_below("spec.publishNotReadyAddresses");
    }

  private:
    /// The one that selects the pods which stand, or else any that will.
    const ServicePair* service_of(const WorkloadPair& pair) const {
        const ServicePair* found = nullptr;
        for (const ServicePair& service : services_) {
            if (service.after->headless || service.before->headless) continue;
            if (selects(*service.before, pair.present().space, pair.old_labels())) return &service;
            if (found == nullptr && service.selects_any(pair)) found = &service;
        }
        return found;
    }

    /// A file that does not describe the workload changes nothing of it.
    void add_version(Scenario& s, const WorkloadPair& pair, const std::string& file,
                     const Manifests& manifests) const {
        const Workload* workload = version_of(pair.present().object, manifests.workloads);
        if (workload == nullptr) return;
        const Scenario own = alone(*workload, base_, true);
        const auto same_template = [&](const Workload* other) {
            return other != nullptr &&
                   std::ranges::none_of(
                       differences(other->object, workload->object),
                       [](const Difference& d) { return d.is_below("spec.template"); });
        };
        LaterVersion version{.file = file, .pods_made_of = own.old_version, .pods = own.pods};
        // One that stands or is rolled out is that revision again. Without two versions what is
        // rolled out is any release, which no file can be.
        const bool two = pair.before != pair.after;
        if (same_template(pair.before)) {
            version.same_as = 0;
        } else if (two && same_template(pair.after)) {
            version.same_as = 1;
        }
        s.later.push_back(std::move(version));
    }

    Companion companion(const WorkloadPair& pair) const {
        const Scenario now = alone(pair.exists() ? *pair.before : *pair.after, base_, true);
        const Scenario then = alone(pair.present(), base_, true);
        Companion other{.name = name_of(pair.present()),
                        .standing = now.old_version,
                        .pods = now.pods,
                        .exists = pair.exists(),
                        .pods_after = then.pods};
        if (pair.new_template()) other.next = then.old_version;
        return other;
    }

    const Scenario& base_;
    const LaterFiles& later_;
    std::vector<WorkloadPair> pairs_;
    std::vector<ServicePair> services_;
};

/// Kinds that no pod takes notice of when they change.
std::vector<std::string> other_changes(const Version& before, const Version& after) {
    std::vector<std::string> changed;
    for (const Object& object : after.objects) {
        const bool known = object.kind == "Deployment" || object.kind == "StatefulSet" ||
                           object.kind == "Service" || object.kind == "Scenario";
        if (known || object.name.empty()) continue;
        const auto old = std::ranges::find_if(
            before.objects, [&](const Object& o) { return same_name(o, object); });
        const bool is_new = old == before.objects.end();
        if (is_new || differ(*old, object))
            changed.push_back(
                fmt::format("{} {} ({})", object.kind, object.name, begin_of(object)));
    }
    return changed;
}

bool same_companions(const Scenario& a, const Scenario& b) {
    return std::ranges::equal(a.companions, b.companions, [](const auto& one, const auto& other) {
        return one.name == other.name && one.pods == other.pods && one.standing == other.standing;
    });
}

bool same_release(const Scenario& a, const Scenario& b) {
    const auto selection = [](const Scenario& s) {
        return s.selection ? s.selection->after : std::vector<bool>{};
    };
    return a.strategy == b.strategy && a.old_version == b.old_version && same_companions(a, b) &&
           selection(a) == selection(b) && std::ranges::all_of(fields(), [&](const Field& field) {
               return field.get(a) == field.get(b);
           });
}

/// One side by itself: what any later release of it does.
const Scenario* named(const std::vector<Scenario>& list, const Workload* workload) {
    if (workload == nullptr) return nullptr;
    const auto found = std::ranges::find_if(list, [&](const Scenario& s) {
        return s.from == workload->from && s.name == workload->name;
    });
    return found == list.end() ? nullptr : &*found;
}

Releases releases_of(const WorkloadPair& pair, const std::vector<Scenario>& before,
                     const std::vector<Scenario>& after) {
    Releases releases;
    if (const Scenario* s = named(before, pair.before)) releases.before = *s;
    if (const Scenario* s = named(after, pair.after)) releases.after = *s;
    releases.differ =
        releases.before && releases.after && !same_release(*releases.before, *releases.after);
    return releases;
}

void remark_on(Applied& applied, const WorkloadPair& pair) {
    const std::string name = name_of(pair.present());
    if (pair.after == nullptr) {
        applied.remarks.push_back(
            fmt::format("{} ({}) is in the new version no more; apply deletes nothing, so it stays",
                        name, pair.before->from));
    } else if (pair.before == nullptr) {
        applied.remarks.push_back(
            fmt::format("{} ({}) is created; nothing of it stands that could lose requests", name,
                        pair.after->from));
    }
}

}  // namespace

std::vector<Scenario> releases_of(const Manifests& manifests, const Scenario& base,
                                  const LaterFiles& later) {
    const Applying same(manifests, manifests, base, later);
    std::vector<Scenario> list;
    for (const WorkloadPair& pair : same.pairs()) list.push_back(same.scenario(pair));
    return list;
}

void add_later(Scenario& scenario, const LaterFiles& later) {
    for (const auto& [file, manifests] : later) {
        if (manifests.workloads.size() != 1) continue;
        const Scenario own = alone(manifests.workloads.front(), scenario, true);
        scenario.later.push_back({file, own.old_version, own.pods});
    }
}

Applied apply_over(const Version& before, const Version& after, const Scenario& base,
                   const LaterFiles& later) {
    Applied applied;
    const Applying applying(before.manifests, after.manifests, base, later);
    const auto old_releases = releases_of(before.manifests, base, later);
    const auto new_releases = releases_of(after.manifests, base, later);
    std::vector<std::string> unchanged;
    const auto refuse = [&](const auto& pair) {
        for (Refusal& refusal : refusals(pair)) applied.refused.push_back(std::move(refusal));
    };
    for (const ServicePair& service : applying.services()) refuse(service);
    for (const WorkloadPair& pair : applying.pairs()) {
        remark_on(applied, pair);
        if (pair.before == nullptr || pair.after == nullptr) continue;
        refuse(pair);
        Scenario s = applying.updated(pair);
        if (s.update->idle) {
            if (s.update->changes.empty()) {
                unchanged.push_back(name_of(*pair.after));
            } else {
                applied.remarks.push_back(
                    fmt::format("{}: no pod is replaced; from the next release on: {}",
                                name_of(*pair.after), fmt::join(s.update->changes, ", ")));
            }
        }
        applied.workloads.push_back(std::move(s));
        applied.releases.push_back(releases_of(pair, old_releases, new_releases));
    }
    if (!unchanged.empty())
        applied.remarks.push_back(fmt::format("unchanged: {}", fmt::join(unchanged, ", ")));
    const auto others = other_changes(before, after);
    if (!others.empty())
        applied.remarks.push_back(
            fmt::format("changed too, but no pod is replaced by it: {}", fmt::join(others, ", ")));
    return applied;
}

}  // namespace stratsim
