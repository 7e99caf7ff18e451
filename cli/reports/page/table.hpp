#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stratsim::html {

/// A table as HTML: cells are markup, the first column names its row.
class Table {
  public:
    explicit Table(std::string_view caption) : caption_(caption) {}

    /// Numbers stand right.
    void column(std::string_view head, bool right = false) {
        columns_.push_back({std::string(head), right});
    }
    void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    bool empty() const { return rows_.empty(); }

    /// Scrolls inside its own box where it is too wide.
    std::string text() const;

  private:
    struct Head {
        std::string text;
        bool right;
    };

    std::string caption_;
    std::vector<Head> columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace stratsim::html
