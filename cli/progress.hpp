#pragma once

#include "cli/options.hpp"
#include "scenarios/experiments/experiment.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace stratsim {

/// One line on standard error that tells how far a command has come, once it has taken a second;
/// nothing where standard error is no terminal. It goes when the command is done.
class Progress {
  public:
    explicit Progress(const Arguments& arguments);
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// How to carry out the next of the command's experiments, `done` of `all` being finished;
    /// `about` says which it is.
    Execution next(const std::string& about, std::size_t done = 0, std::size_t all = 1);

    /// Does one of several things that an interrupt may cut short: `work` gets how to carry out its
    /// experiments. What it cannot finish is missing; if it is the first, Interrupted is thrown.
    void attempt(const std::string& name, std::size_t all,
                 const std::function<void(const Execution&)>& work);
    /// The names of those that are missing.
    const std::vector<std::string>& missing() const { return missing_; }

    /// Takes the line away, before anything else is written.
    void clear();

  private:
    using Clock = std::chrono::steady_clock;

    void show(const std::string& about, std::size_t done, std::size_t all,
              const Standing& standing);

    unsigned threads_;
    bool milestones_only_;
    bool seen_;  ///< standard error is a terminal
    bool ascii_;
    int width_ = 80;
    std::mutex showing_;
    Clock::time_point begun_ = Clock::now();
    Clock::time_point shown_ = begun_;
    std::size_t done_ = 0;  ///< attempts
    std::vector<std::string> missing_;
    std::size_t runs_ = 0;  ///< of all experiments
    bool any_ = false;      ///< a line stands there
};

/// The line itself: `canary  43 of 100 runs  12/s  5s left  lost +-4.1%`; what is behind the end
/// of the screen is left out.
std::string progress_line(const std::string& about, std::size_t done, std::size_t all,
                          const Standing& standing, double runs_a_second, std::size_t width,
                          bool ascii);

/// Of a command that simulates several things: what an interrupt left out, as a sentence; empty if
/// it left out nothing. `missing` are names of those of which no run was finished.
std::string partial_sentence(const std::vector<Experiment>& finished,
                             const std::vector<std::string>& missing);

}  // namespace stratsim
