#include "sim/numbers/elementary.hpp"
#include "sim/simulate.hpp"

#include <algorithm>
#include <ctime>
#include <deque>
#include <fmt/format.h>
#include <queue>

// What one request costs: 10,000 pods of 8 workers and 24 places to wait, random balancing, a
// histogram of the latencies, one core; beside a twin that keeps one heap of all arrivals and
// departures and draws the same numbers. Both must send every request the same way.

using namespace stratsim;

namespace {

constexpr int pods = 10'000;
constexpr int workers = 8;
constexpr int places = 24;
constexpr std::uint64_t compared = 2'000'000;
constexpr std::uint64_t timed = 4'000'000;
const Distribution service = Distribution::exponential(std::chrono::milliseconds{50});
constexpr double rate = 0.95 * pods * workers / 0.050;

Setup setup_for(std::uint64_t requests, bool records) {
    PodTemplate made_of;
    made_of.service_time = service;
    made_of.concurrency = workers;
    made_of.queue = places;
    Setup s;
    s.replicas = pods;
    s.revisions = {made_of};
    s.rolls_out = false;
    s.network.falls_back = false;
    s.visitors.rate = rate;
    s.visits = requests;
    s.keep_records = records;
    s.engine = Engine::pods;
    s.seed = 3;
    return s;
}

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

struct Fate {
    std::uint32_t pod;
    bool served;
    Time end;
};

/// One event at a time, as a textbook does it: the next arrival waits in the heap among the
/// departures.
struct Twin {
    struct Job {
        Time arrival;
        Duration work;
        std::uint64_t number;
    };
    struct Event {
        Time at;
        std::uint32_t pod;  ///< that a request departs from
        bool arrives;
        /// A departure at the instant of an arrival comes first.
        bool operator>(const Event& other) const {
            return at != other.at ? at > other.at : arrives && !other.arrives;
        }
    };
    struct Server {
        int busy = 0;
        std::deque<Job> waiting;
    };

    explicit Twin(std::uint64_t requests) : fates(requests) {}

    void start(std::uint32_t pod, const Job& job, Time now) {
        const Time end = now + job.work;
        events.push({end, pod, false});
        fates[job.number] = {pod, true, end};
        latency.add(end - job.arrival);
    }
    void depart(const Event& event) {
        Server& server = servers[event.pod];
        if (server.waiting.empty()) {
            --server.busy;
            return;
        }
        const Job job = server.waiting.front();
        server.waiting.pop_front();
        start(event.pod, job, event.at);
    }
    void arrive(Time now) {
        const std::uint64_t number = arrived++;
        const Block draws = coming;
        const std::uint32_t pod = below(pods, draws.high(2));
        Server& server = servers[pod];
        const Job job{now, service.quantile(draws.uniform(3)), number};
        if (server.busy < workers) {
            ++server.busy;
            start(pod, job, now);
        } else if (server.waiting.size() < places) {
            server.waiting.push_back(job);
        } else {
            fates[number] = {pod, false, now};
        }
        if (arrived < fates.size()) next_arrival(now);
    }
    void next_arrival(Time now) {
        coming = random.block(Concern::request, arrived);
        events.push({now + from_seconds(-natural_log(coming.uniform(0)) / rate), 0, true});
    }
    void run() {
        next_arrival(command);
        while (!events.empty()) {
            const Event event = events.top();
            events.pop();
            if (event.arrives) {
                arrive(event.at);
            } else {
                depart(event);
            }
        }
    }

    const Randomness random{3, 0};
    Block coming{};  ///< the draws of the next arrival
    std::uint64_t arrived = 0;
    std::vector<Server> servers{pods};
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events;
    std::vector<Fate> fates;
    LatencyHistogram latency;
};

std::unique_ptr<World> run(std::uint64_t requests, bool records) {
    return simulate(
        setup_for(requests, records), [](const Observed& seen) { return as_observed(seen); },
        [](Time, const Fact&) {});
}

}  // namespace

int main() {
    Twin twin(compared);
    twin.run();
    const auto world = run(compared, true);
    std::uint64_t differ = 0;
    for (std::uint64_t i = 0; i < compared; ++i) {
        const RequestRecord& mine = world->traffic().records()[i];
        const Fate& other = twin.fates[i];
        const bool served = mine.outcome == Outcome::success;
        if (mine.pod != other.pod || served != other.served || (served && mine.end != other.end))
            ++differ;
    }
    fmt::print("{} of {} requests differ\n", differ, compared);

    double ours = 1e9;
    double heap = 1e9;
    for (int round = 0; round < 3; ++round) {
        double begin = cpu_seconds();
        run(timed, false);
        ours = std::min(ours, (cpu_seconds() - begin) / static_cast<double>(timed));
        Twin again(timed);
        begin = cpu_seconds();
        again.run();
        heap = std::min(heap, (cpu_seconds() - begin) / static_cast<double>(timed));
    }
    fmt::print("{:.1f} ns a request, event heap {:.1f} ns, {:.2f} times faster\n", ours * 1e9,
               heap * 1e9, heap / ours);
    return differ == 0 ? 0 : 1;
}
