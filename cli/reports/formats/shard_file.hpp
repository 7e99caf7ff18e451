// A part of a sweep that one of many machines computes, and the file that it leaves.
#pragma once

#include "scenarios/experiments/sweep.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace stratsim {

/// Shard `index` of `count`: every point whose number leaves that remainder.
struct Shard {
    std::size_t index = 0;  ///< from 0
    std::size_t count = 1;

    bool holds(std::size_t point) const { return point % count == index; }
};

/// Where a shard of a sweep is kept; the name tells apart all that must not be mixed.
std::string shard_path(const std::string& directory, const SweepDefinition& definition,
                       const Shard& shard);

/// The points of a shard, in full: what is read again is the same number.
std::string shard_text(const Sweep& sweep, const Shard& shard);

/// Puts together what a directory holds, exactly as if one machine had computed it; `missing` are
/// the shards that it lacks. Throws InputErrors where the files belong to different sweeps, or to
/// another version of the program.
Sweep merge_shards(const std::string& directory, const std::string& version,
                   std::vector<Shard>& missing);

}  // namespace stratsim
