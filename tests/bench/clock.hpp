#pragma once

#include <ctime>

namespace stratsim {

/// Processor time of this process: a busy machine does not lengthen it.
inline double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

template <class Work>
double cpu_seconds_of(Work&& work) {
    const double begin = cpu_seconds();
    work();
    return cpu_seconds() - begin;
}

}  // namespace stratsim
