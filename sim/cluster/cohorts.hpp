#pragma once

#include "sim/cluster/victims.hpp"
#include "sim/endpoint.hpp"
#include "sim/time.hpp"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace stratsim {

/// What ranks the pods of a replica set, beside their UIDs: pods of one cohort differ in these
/// only.
struct Cohort {
    bool ready = false;
    Time ready_since{};  ///< as the API stores it; of no meaning for pods that are not ready
    Time created{};      ///< likewise
    friend auto operator<=>(const Cohort&, const Cohort&) = default;

    /// One of them, as it is ranked. The later it was made, the smaller its UID: nobody knows UIDs
    /// beforehand. `index` is how many of its set were made before it.
    Candidate candidate(std::uint64_t index) const {
        return {.ready = ready,
                .ready_since = ready ? std::optional(ready_since) : std::nullopt,
                .created = created,
                .identity = ~index};
    }
};

/// The pods of a replica set by cohort. Whoever picks victims looks at the newest of each cohort
/// and not at the whole set, so that a set shrinks pod by pod in a time that grows with the pods
/// alone.
class Cohorts {
  public:
    /// A pod is of this cohort from now on. Nobody has to tell that it left one.
    void join(PodId pod, const Cohort& cohort) {
        Members& members = members_[cohort];
        if (!members.pods.empty() && pod <= members.pods.back()) members.sorted = false;
        members.pods.push_back(pod);
    }

    /// Up to `most` pods of each cohort, those that were made last, newest first over all of them.
    /// `is_of(pod, cohort)` says whether a pod still is of a cohort.
    template <class IsOf>
    std::vector<PodId> newest(std::size_t most, IsOf is_of) {
        std::vector<PodId> found;
        for (auto entry = members_.begin(); entry != members_.end();) {
            entry->second.pick(most, found, [&](PodId pod) { return is_of(pod, entry->first); });
            entry = entry->second.pods.empty() ? members_.erase(entry) : std::next(entry);
        }
        std::ranges::sort(found, std::ranges::greater{});
        return found;
    }

  private:
    struct Members {
        std::vector<PodId> pods;  ///< may hold some that have left
        bool sorted = true;

        template <class IsOf>
        void pick(std::size_t most, std::vector<PodId>& found, IsOf is_of) {
            if (!sorted) {
                std::ranges::sort(pods);
                pods.erase(std::unique(pods.begin(), pods.end()), pods.end());
                sorted = true;
            }
            // What has left is forgotten on the way; the rest need not be looked at.
            std::vector<PodId> stay;
            while (!pods.empty() && stay.size() < most) {
                if (is_of(pods.back())) stay.push_back(pods.back());
                pods.pop_back();
            }
            found.insert(found.end(), stay.begin(), stay.end());
            pods.insert(pods.end(), stay.rbegin(), stay.rend());
        }
    };

    std::map<Cohort, Members> members_;
};

}  // namespace stratsim
