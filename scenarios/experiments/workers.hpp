#pragma once

#include <cstddef>
#include <functional>

namespace stratsim {

/// Calls `work` with every number from `from` to below `to`, each once, on so many threads (0: one
/// a core): whoever is free takes the next. No more are taken when one call returns false; the
/// first exception is thrown again when all threads have ended.
void share_out(std::size_t from, std::size_t to, unsigned threads,
               const std::function<bool(std::size_t)>& work);

}  // namespace stratsim
