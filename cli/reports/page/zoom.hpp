#pragma once

#include <optional>
#include <string>
#include <vector>

namespace stratsim::html {

/// One chart to zoom into: lines over time, or layers upon each other.
struct ZoomPanel {
    struct Series {
        std::string name;
        std::string tone{};  ///< old, new, lost, ink, soft
        bool dashed = false;
        std::vector<std::optional<double>> values{};
    };

    std::string title;
    bool stacked = false;
    std::vector<double> at{};  ///< seconds
    std::vector<Series> series{};
};

/// A button which, where scripts may run, puts charts with zoom and cursor in the picture's place.
std::string zoom(const std::string& id, const std::vector<ZoomPanel>& panels);

/// The scripts and styles behind it; once in a page that has a zoom().
std::string zoom_style();
std::string zoom_script();

}  // namespace stratsim::html
