// What --from and --to name: two versions of the manifests.
#pragma once

#include "scenarios/manifests/sources.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stratsim {

/// The words of one side, and where a scenario file says so.
struct SideWords {
    std::vector<std::string> words;
    NamedAt at{};
    std::string directory{};  ///< that its paths are relative to; empty: the current one
};

/// The old version and the new one.
struct Sides {
    std::vector<Source> from;
    std::vector<Source> to;
};

/// Finds out for each word whether it names files or a git revision, whose files then are `paths`.
/// A side without words is `paths` as they stand. Notes mistakes in `reader`.
Sides sides_of(const SideWords& from, const SideWords& to, const std::vector<std::string>& paths,
               SourceReader& reader);

}  // namespace stratsim
