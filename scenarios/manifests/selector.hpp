// Workloads by the names that kubectl takes: deploy/frontend, sts/db, or just frontend.
#pragma once

#include "sim/setup.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stratsim {

/// Which workloads are meant.
struct Selector {
    std::string name;
    std::optional<WorkloadKind> kind;  ///< unset: any
    bool is_known = true;              ///< false: of a kind that is not simulated

    bool matches(WorkloadKind its_kind, std::string_view its_name) const {
        return is_known && name == its_name && (!kind || *kind == its_kind);
    }
};

Selector parse_selector(std::string_view text);

/// How a workload is called in full: "deployment/frontend".
std::string full_name(WorkloadKind kind, std::string_view name);

/// What to write instead of a selector that matches none of the workloads there are.
std::string advice_for_selector(const Selector& selector, const std::vector<std::string>& names);

}  // namespace stratsim
