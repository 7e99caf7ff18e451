#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

// What the program itself takes, as a person calls it: processor time and memory of a whole run of
// the binary that STRATSIM names.

namespace {

struct Cost {
    double milliseconds = 1e9;  ///< of processor time
    double wall = 1e9;          ///< milliseconds
    double megabytes = 0;
};

Cost cost_of(const std::string& program, std::vector<std::string> words, int rounds) {
    Cost best;
    for (int round = 0; round < rounds; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        const pid_t child = fork();
        if (child == 0) {
            const int nowhere = open("/dev/null", O_WRONLY);
            dup2(nowhere, STDOUT_FILENO);
            std::vector<char*> arguments;
            std::string name = program;
            arguments.push_back(name.data());
            for (std::string& word : words) arguments.push_back(word.data());
            arguments.push_back(nullptr);
            execv(program.c_str(), arguments.data());
            _exit(127);
        }
        int status = 0;
        rusage used{};
        if (wait4(child, &status, 0, &used) != child || status != 0) {
            fmt::print(stderr, "{} {} failed\n", program, fmt::join(words, " "));
            std::exit(1);
        }
        const std::chrono::duration<double, std::milli> wall =
            std::chrono::steady_clock::now() - begin;
        best.wall = std::min(best.wall, wall.count());
        const auto ms = [](const timeval& t) {
            return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_usec) / 1e3;
        };
        best.milliseconds = std::min(best.milliseconds, ms(used.ru_utime) + ms(used.ru_stime));
        best.megabytes = static_cast<double>(used.ru_maxrss) / 1024;
    }
    return best;
}

}  // namespace

int main() {
    const char* program = std::getenv("STRATSIM");
    if (program == nullptr) {
        fmt::print(stderr, "STRATSIM names no program\n");
        return 2;
    }
    const auto print = [&](const std::string& line, const Cost& cost) {
        fmt::print("{}: {:.1f} ms, {:.0f} MB\n", line, cost.milliseconds, cost.megabytes);
    };
    const auto one = [&](const std::vector<std::string>& words, int rounds) {
        const Cost cost = cost_of(program, words, rounds);
        print(fmt::format("{}", fmt::join(words, " ")), cost);
        return cost;
    };
    one({"--version"}, 5);
    one({"run", "canary", "--pods", "10", "--hold", "10s", "--runs", "1"}, 5);
    one({"run", "canary", "--pods", "10", "--hold", "10s", "--runs", "100"}, 3);
    one({"run", "canary", "--pods", "10", "--runs", "100"}, 2);
    const auto rollout = [&](const std::string& pods) {
        return one({"run", "rolling", "--pods", pods, "--engine", "aggregate", "--runs", "1"}, 5);
    };
    const Cost half = rollout("50000");
    const Cost all = rollout("100000");
    fmt::print("twice the pods: {:.2f} times the time\n", all.milliseconds / half.milliseconds);
    const auto compared = [&](const std::string& threads) {
        return cost_of(program,
                       {"compare", "--pods", "10", "--rate", "100/s", "--hold", "10s", "--runs",
                        "1000", "--threads", threads},
                       2);
    };
    const Cost alone = compared("1");
    const Cost two = compared("2");
    fmt::print(
        "compare of four strategies, 1000 runs each: {:.2f} s, on two cores {:.2f} s, "
        "{:.2f} times faster\n",
        alone.wall / 1e3, two.wall / 1e3, alone.wall / two.wall);
    return 0;
}
