#include "scenarios/experiments/workers.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace stratsim {

void share_out(std::size_t from, std::size_t to, unsigned threads,
               const std::function<bool(std::size_t)>& work) {
    if (from >= to) return;
    std::atomic<std::size_t> next{from};
    std::exception_ptr failure;
    std::mutex failing;
    const auto take = [&] {
        try {
            for (std::size_t i = next++; i < to; i = next++) {
                if (!work(i)) next = to;
            }
        } catch (...) {
            const std::scoped_lock lock(failing);
            if (!failure) failure = std::current_exception();
            next = to;
        }
    };
    if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < std::min<std::size_t>(threads, to - from); ++i)
            others.emplace_back(take);
        take();
    }
    if (failure) std::rethrow_exception(failure);
}

}  // namespace stratsim
