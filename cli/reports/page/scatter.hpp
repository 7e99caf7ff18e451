#pragma once

#include "sim/numbers/statistics.hpp"

#include <string>
#include <vector>

namespace stratsim::html {

/// A thing of which less is better, both ways.
struct Choice {
    std::string name;
    double x = 0;
    double y = 0;
    Interval x_interval{};
    Interval y_interval{};
};

/// Which choices no other beats both ways: the Pareto front.
std::vector<bool> front_of(const std::vector<Choice>& choices);

/// What is on both axes of a scatter.
struct ScatterAxes {
    std::string x;  ///< with its unit
    std::string y;
};

/// Choices by price and effect: intervals as whiskers, the front as steps, the others faded.
std::string scatter(const std::vector<Choice>& choices, const ScatterAxes& axes,
                    const std::string& finding, const std::string& id);

}  // namespace stratsim::html
