// The rate of requests as somebody recorded it: a CSV of times and rates, or an access log.
#pragma once

#include "scenarios/settings/units.hpp"
#include "sim/arrivals.hpp"

#include <string>
#include <vector>

namespace stratsim {

/// Rates in steps of equal length; after the last the first comes again.
struct RateSeries {
    std::string file;
    Duration step = std::chrono::seconds{1};
    std::vector<double> rates;  ///< requests a second
    double mean = 0;            ///< of the rates

    friend bool operator==(const RateSeries&, const RateSeries&) = default;
};

/// The same as factors to the mean rate.
Arrivals arrivals_of(const RateSeries& series);

/// Reads lines of `time,rate`, or an access log in the common or combined format, or lines that
/// begin with an RFC 3339 time. Throws InputErrors with every line that is neither.
RateSeries read_rate_series(const std::string& file, std::string_view text);

template <>
struct Text<RateSeries> {
    /// Reads the file.
    static RateSeries parse(std::string_view file);
    static std::string print(const RateSeries& series);
    static std::string form();
};

}  // namespace stratsim
