#pragma once

#include "sim/measure.hpp"
#include "sim/numbers/statistics.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Numbers for people. JSON and CSV hold the full ones; here are as many digits as are known.

namespace stratsim {

/// Ends of a range go outward, so that it never promises more than was seen.
enum class Rounding { nearest, down, up };

/// `95,900`; `1.2M` from a million.
std::string count_text(double value, int decimals = 0);
/// As the flags read it: two units at most.
std::string duration_text(double seconds, Rounding rounding = Rounding::nearest);
/// Two digits below 10 %, whole from there; over 99 % with the digits of what is missing.
std::string percent_text(double part, Rounding rounding = Rounding::nearest);
/// `$0.016`, `<$0.01`, `EUR 1.20`.
std::string money_text(double amount, std::string_view currency);
/// What stands before `of 95,900`: `0.17%`, but a count if it is under 0.01 %.
std::string part_text(double count, double total);

/// 97.5 % quantile of Student's t.
double student_t(std::size_t degrees_of_freedom);
/// Of the 95 % interval of the mean.
double half_width(const Spread& spread);
/// What a share can still be (95 %) when none of `runs` showed it: Clopper and Pearson's bound.
double bound_when_none_seen(std::size_t runs);
/// `at most 3.6% of rollouts, 95%`.
std::string bound_text(std::size_t runs);

/// Whether the median speaks for a unit, not the mean: times do not add up over a month.
bool led_by_median(Unit unit);
/// The number that speaks for all runs, with the digits that are known.
std::string lead_text(const Spread& spread, Unit unit);
/// The same of the parts of a whole that lead_text() tells: with its digits, and so rounded that
/// they add up to it (largest remainder). A part that is less than half of its last digit is `<1`
/// of that digit.
std::vector<std::string> part_texts(const Spread& whole, const std::vector<double>& parts);
/// What 9 of 10 rollouts do; one number if the ends are equal, `needs 20 runs` below that.
std::string range_text(const Spread& spread, Unit unit);
/// The same, where `needs 20 runs` has no place; empty too if the ends are equal.
std::string range_or_nothing(const Spread& spread, Unit unit);
/// The 95 % interval of the mean; `-` where the median leads.
std::string interval_text(const Spread& spread, Unit unit);
/// `290 to 355`, outward; `at least 290` where an end is unknown, empty where both are.
std::string interval_between(const Interval& interval, Unit unit);
/// A number known only to an interval.
std::string estimate_text(double value, const Interval& interval, Unit unit);
/// An amount that is known only so far, to three digits.
std::string amount_text(double value, Unit unit, Rounding rounding);
/// One run's own number.
std::string value_text(double value, Unit unit);

}  // namespace stratsim
