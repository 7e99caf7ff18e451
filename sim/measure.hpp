#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace stratsim {

/// What a number counts.
enum class Unit {
    requests,
    seconds,
    fraction,
    milliseconds,
    pods,
    pod_seconds,
    money,
    visits,
    users,
    percent,
    ratio
};

/// Which way is good.
enum class Better { less, more, neither };

/// A number of a report: where it stands, what it counts, which way is good.
struct Measure {
    std::string_view path;
    Unit unit = Unit::requests;
    Better better = Better::less;
    std::optional<double> value{};  ///< unset: undefined in this run
};

/// The measures of one run, in the order of every report.
class Measures {
  public:
    void add(std::string_view path, Unit unit, Better better, std::optional<double> value) {
        list_.push_back({path, unit, better, value});
    }
    const std::vector<Measure>& list() const { return list_; }
    /// Unset when the path is unknown, too.
    std::optional<double> operator[](std::string_view path) const {
        for (const Measure& m : list_) {
            if (m.path == path) return m.value;
        }
        return std::nullopt;
    }

  private:
    std::vector<Measure> list_;
};

}  // namespace stratsim
