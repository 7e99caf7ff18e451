#include "sim/agenda.hpp"

#include "sim/numbers/elementary.hpp"
#include "sim/numbers/random.hpp"
#include "sim/on.hpp"
#include "tests/bench/clock.hpp"

#include <deque>
#include <fmt/format.h>
#include <functional>
#include <queue>
#include <variant>

// What an event costs. A queue with one server (M/M/1, 9 of 10 busy), whose arrivals and departures
// are events of the agenda, beside two numbers in a loop that a person would write for this queue
// alone; and 10,000 timers of which the earliest is set anew (the hold model), beside the standard
// library's priority queue of functions. Both sides of each draw the same numbers and must come to
// the same result.

using namespace stratsim;

namespace {

constexpr double arrivals = 0.9;
constexpr std::uint64_t jobs = 2'000'000;
constexpr std::size_t timers = 10'000;
constexpr std::uint64_t holds = 2'000'000;

/// Exponential durations of mean 1 s, four a block.
class Draws {
  public:
    double next() {
        if (used_ == 4) {
            block_ = random_.block(Concern::request, 0, index_++);
            used_ = 0;
        }
        return -natural_log(block_.uniform(used_++));
    }

  private:
    Randomness random_{1, 0};
    Block block_{};
    std::uint64_t index_ = 0;
    std::size_t used_ = 4;
};

struct Arrives {};
struct Departs {};
using QueueEvent = std::variant<Arrives, Departs>;

/// Sum of the times that the jobs spent in the queue, in nanoseconds.
std::int64_t with_agenda() {
    Draws draws;
    Agenda<QueueEvent> agenda;
    std::deque<Time> waiting;  // first the one that is served
    std::int64_t spent = 0;
    std::uint64_t done = 0;
    Time now{};
    agenda.add(now + from_seconds(draws.next() / arrivals), Arrives{});
    while (done < jobs) {
        now = agenda.next();
        std::visit(on{[&](const Arrives&) {
                          waiting.push_back(now);
                          if (waiting.size() == 1)
                              agenda.add(now + from_seconds(draws.next()), Departs{});
                          agenda.add(now + from_seconds(draws.next() / arrivals), Arrives{});
                      },
                      [&](const Departs&) {
                          spent += (now - waiting.front()).count();
                          waiting.pop_front();
                          ++done;
                          if (!waiting.empty())
                              agenda.add(now + from_seconds(draws.next()), Departs{});
                      }},
                   agenda.take());
    }
    return spent;
}

std::int64_t by_hand() {
    Draws draws;
    std::deque<Time> waiting;
    std::int64_t spent = 0;
    std::uint64_t done = 0;
    Time arrives = Time{} + from_seconds(draws.next() / arrivals);
    Time departs = never;
    while (done < jobs) {
        if (arrives <= departs) {
            waiting.push_back(arrives);
            if (waiting.size() == 1) departs = arrives + from_seconds(draws.next());
            arrives += from_seconds(draws.next() / arrivals);
        } else {
            spent += (departs - waiting.front()).count();
            waiting.pop_front();
            ++done;
            departs = waiting.empty() ? never : departs + from_seconds(draws.next());
        }
    }
    return spent;
}

std::int64_t hold_with_agenda() {
    Draws draws;
    Agenda<std::uint32_t> agenda;
    for (std::uint32_t i = 0; i < timers; ++i) agenda.add(Time{} + from_seconds(draws.next()), i);
    Time now{};
    for (std::uint64_t i = 0; i < holds; ++i) {
        now = agenda.next();
        agenda.add(now + from_seconds(draws.next()), agenda.take());
    }
    return now.time_since_epoch().count();
}

std::int64_t hold_with_functions() {
    struct Entry {
        Time at;
        std::function<void()> what;
        bool operator>(const Entry& other) const { return at > other.at; }
    };
    Draws draws;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
    std::uint64_t fired = 0;
    const auto timer = [&fired](std::uint32_t i) { return [&fired, i] { fired += i; }; };
    for (std::uint32_t i = 0; i < timers; ++i)
        queue.push({Time{} + from_seconds(draws.next()), timer(i)});
    Time now{};
    for (std::uint64_t i = 0; i < holds; ++i) {
        Entry entry = queue.top();
        queue.pop();
        now = entry.at;
        entry.what();
        queue.push({now + from_seconds(draws.next()), std::move(entry.what)});
    }
    return fired > 0 ? now.time_since_epoch().count() : 0;
}

/// Prints what one event costs on both sides; true if the results agree.
bool compare(std::string_view name, std::uint64_t events, std::int64_t (*ours)(),
             std::int64_t (*other)()) {
    std::int64_t a = 0;
    std::int64_t b = 0;
    double us = 1e9;
    double them = 1e9;
    for (int round = 0; round < 3; ++round) {  // in turn, so that a busy machine is busy for both
        us = std::min(us, cpu_seconds_of([&] { a = ours(); }));
        them = std::min(them, cpu_seconds_of([&] { b = other(); }));
    }
    const double n = static_cast<double>(events);
    fmt::print("{}: {:.1f} ns an event, {:.1f} ns; {:.2f} times its time{}\n", name, us / n * 1e9,
               them / n * 1e9, us / them, a == b ? "" : "; RESULTS DIFFER");
    return a == b;
}

}  // namespace

int main() {
    const bool queue =
        compare("M/M/1, beside two numbers in a loop", 2 * jobs, with_agenda, by_hand);
    const bool hold = compare("hold 10000, beside std::priority_queue of functions", holds,
                              hold_with_agenda, hold_with_functions);
    return queue && hold ? 0 : 1;
}
