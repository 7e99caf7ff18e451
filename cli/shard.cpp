#include "cli/shard.hpp"

#include "cli/options.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <charconv>
#include <cstdlib>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace stratsim {

namespace {

constexpr std::size_t most_shards = 100'000;

std::optional<std::size_t> whole(std::string_view text) {
    std::size_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
    return number;
}

/// The number that whoever started this process among many gave to it.
std::size_t own_index() {
    for (const auto& [variable, first] : {std::pair{"JOB_COMPLETION_INDEX", 0},
                                          {"SLURM_ARRAY_TASK_ID", 0},
                                          {"OMPI_COMM_WORLD_RANK", 0},
                                          {"PARALLEL_SEQ", 1}}) {
        const char* value = std::getenv(variable);
        if (value == nullptr) continue;
        const auto index = whole(value);
        if (!index || *index < static_cast<std::size_t>(first)) {
            usage_error(fmt::format("--shard auto: {} is {}, which is no number of a shard",
                                    variable, quote(value)),
                        "write the number: --shard 0/8");
        }
        return *index - static_cast<std::size_t>(first);
    }
    usage_error("--shard auto: nothing in the environment tells which shard this is",
                "set JOB_COMPLETION_INDEX, SLURM_ARRAY_TASK_ID, OMPI_COMM_WORLD_RANK or "
                "PARALLEL_SEQ, or write --shard 0/8");
}

}  // namespace

Shard parse_shard(std::string_view text) {
    const auto slash = text.find('/');
    const auto count =
        slash == std::string_view::npos ? std::nullopt : whole(text.substr(slash + 1));
    const bool by_itself = slash != std::string_view::npos && text.substr(0, slash) == "auto";
    const auto index = slash == std::string_view::npos ? std::nullopt
                       : by_itself                     ? std::optional(std::size_t{0})
                                                       : whole(text.substr(0, slash));
    if (!count || !index || *count < 1 || *count > most_shards) {
        usage_error(fmt::format("--shard: {} is no part of a sweep", quote(text)),
                    "write 0/8 for the first of eight, or auto/8");
    }
    const Shard shard{by_itself ? own_index() : *index, *count};
    if (shard.index >= shard.count) {
        usage_error(fmt::format("--shard: there is no shard {} of {}", shard.index, shard.count),
                    fmt::format("they are counted from 0 to {}", shard.count - 1));
    }
    return shard;
}

}  // namespace stratsim
