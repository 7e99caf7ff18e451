#include "cli/progress.hpp"

#include "cli/interrupt.hpp"
#include "cli/reports/layout.hpp"
#include "cli/reports/words/numbers.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace stratsim {

namespace {

void write_error(const std::string& text) {
    // Nobody is told when the line cannot be written: the result does not hang on it.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

bool tell_facts(const std::vector<Output>& outputs) {
    return std::ranges::any_of(
        outputs, [](const Output& output) { return entry_of(output.format).tells_facts; });
}

}  // namespace

std::string progress_line(const std::string& about, std::size_t done, std::size_t all,
                          const Standing& standing, double runs_a_second, std::size_t width,
                          bool ascii) {
    std::vector<std::string> parts;
    if (!about.empty()) parts.push_back(about);
    if (all > 1) parts.push_back(fmt::format("{} of {} done", done, all));
    parts.push_back(standing.planned > 0
                        ? fmt::format("{} of {} runs", standing.done, standing.planned)
                        : fmt::format("{} runs", standing.done));
    if (runs_a_second > 0) {
        parts.push_back(fmt::format("{:.{}f}/s", runs_a_second, runs_a_second < 10 ? 1 : 0));
        if (standing.planned > 0) {
            const auto left = static_cast<double>(standing.planned - standing.done);
            const auto others = static_cast<double>((all - done - 1) * standing.planned);
            parts.push_back(duration_text((left + others) / runs_a_second) + " left");
        }
    }
    if (standing.half_width)
        parts.push_back((ascii ? "+-" : "±") + percent_text(*standing.half_width));
    std::string line;
    for (const std::string& part : parts) {
        const std::string longer = line + (line.empty() ? "" : "  ") + part;
        if (display_width(longer) > width) break;
        line = longer;
    }
    return line;
}

Progress::Progress(const Arguments& arguments)
    : threads_(arguments.threads),
      milestones_only_(!tell_facts(outputs_of(arguments))),
      seen_(::isatty(STDERR_FILENO) == 1),
      ascii_(screen_of(arguments).ascii) {
    winsize size{};
    if (seen_ && ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        width_ = size.ws_col;
}

Execution Progress::next(const std::string& about, std::size_t done, std::size_t all) {
    Execution execution(threads_);
    execution.stop = &interrupted();
    execution.milestones_only = milestones_only_;
    if (seen_) {
        execution.watch = [this, about, done, all](const Standing& standing) {
            show(about, done, all, standing);
        };
    }
    return execution;
}

void Progress::attempt(const std::string& name, std::size_t all,
                       const std::function<void(const Execution&)>& work) {
    try {
        work(next(name, done_, all));
        ++done_;
    } catch (const Interrupted&) {
        if (done_ == 0) throw;
        missing_.push_back(name);
    }
}

void Progress::show(const std::string& about, std::size_t done, std::size_t all,
                    const Standing& standing) {
    const std::scoped_lock lock(showing_);
    ++runs_;
    const auto now = Clock::now();
    using std::chrono::milliseconds;
    if (now - begun_ < milliseconds{1000} || now - shown_ < milliseconds{100}) return;
    shown_ = now;
    const double rate =
        static_cast<double>(runs_) / std::chrono::duration<double>(now - begun_).count();
    write_error("\r" +
                progress_line(about, done, all, standing, rate,
                              static_cast<std::size_t>(std::max(width_ - 1, 1)), ascii_) +
                "\x1b[K");
    any_ = true;
}

void Progress::clear() {
    const std::scoped_lock lock(showing_);
    if (std::exchange(any_, false)) write_error("\r\x1b[K");
}

std::string partial_sentence(const std::vector<Experiment>& finished,
                             const std::vector<std::string>& missing) {
    std::string text;
    for (const Experiment& e : finished) {
        if (!e.interrupted) continue;
        const std::string what =
            finished.size() + missing.size() == 1 ? "" : fmt::format(" of {}", e.scenario.strategy);
        text += fmt::format("{}{} runs{}", text.empty() ? "" : ", ", e.runs.size(), what);
    }
    if (!text.empty()) text = "what is shown are " + text;
    if (!missing.empty())
        text +=
            fmt::format("{}not simulated: {}", text.empty() ? "" : "; ", fmt::join(missing, ", "));
    return text.empty() ? "" : "Partial, because it was interrupted: " + text + ".";
}

}  // namespace stratsim
