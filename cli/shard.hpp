#pragma once

#include "cli/reports/formats/shard_file.hpp"

#include <string_view>

namespace stratsim {

/// `3/8`, or `auto/8`: the number that Kubernetes (JOB_COMPLETION_INDEX), Slurm
/// (SLURM_ARRAY_TASK_ID), Open MPI (OMPI_COMM_WORLD_RANK) or GNU parallel (PARALLEL_SEQ, from 1)
/// gives to the process. Throws InputErrors.
Shard parse_shard(std::string_view text);

}  // namespace stratsim
