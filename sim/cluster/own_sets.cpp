#include "sim/on.hpp"
#include "sim/setup.hpp"

#include <map>

// A replica set belongs to one Deployment. Two that run the same template have a set each.

namespace stratsim {

namespace {

/// Hands out revisions: to the first who asks the revision itself, to others a copy each.
class Owners {
  public:
    explicit Owners(std::vector<PodTemplate>& revisions) : revisions_(revisions) {}

    std::size_t own(action::WorkloadIndex workload, std::size_t revision) {
        const auto first = first_.try_emplace(revision, workload).first->second;
        if (first == workload) return revision;
        const auto [copy, is_new] = copies_.try_emplace({workload, revision}, revisions_.size());
        if (is_new) {
            PodTemplate same = revisions_[revision];
            same.copy_of = revision;
            revisions_.push_back(std::move(same));
        }
        return copy->second;
    }

  private:
    std::vector<PodTemplate>& revisions_;
    std::map<std::size_t, action::WorkloadIndex> first_;
    std::map<std::pair<action::WorkloadIndex, std::size_t>, std::size_t> copies_;
};

}  // namespace

Setup with_own_sets(Setup setup) {
    Owners owners(setup.revisions);
    if (setup.exists) owners.own(0, 0);
    if (setup.rolls_out) owners.own(0, 1);
    const auto each = [&](auto&& what) {
        for (TimedAction& timed : setup.actions) {
            std::visit(on{[&](action::Create& a) { what(a.workload, a.revision); },
                          [&](action::Apply& a) { what(a.workload, a.revision); }, [](auto&) {}},
                       timed.what);
        }
    };
    // The first workload keeps its revisions, however late it comes to them.
    each([&](auto workload, auto& revision) {
        if (workload == 0) owners.own(0, revision);
    });
    each([&](auto workload, auto& revision) { revision = owners.own(workload, revision); });
    return setup;
}

}  // namespace stratsim
