#include "cli/reports/page/table.hpp"

#include "cli/reports/page/markup.hpp"

#include <range/v3/view/enumerate.hpp>

namespace stratsim::html {

std::string Table::text() const {
    std::string head;
    for (const Head& column : columns_)
        head += element("th", column.right ? "scope=\"col\" class=\"n\"" : "scope=\"col\"",
                        escaped(column.text));
    std::string body;
    for (const auto& cells : rows_) {
        std::string row;
        for (auto&& [i, cell] : ranges::views::enumerate(cells)) {
            const std::string style = i < columns_.size() && columns_[i].right ? "class=\"n\"" : "";
            row += i == 0 ? element("th", "scope=\"row\"", cell) : element("td", style, cell);
        }
        body += element("tr", row) + "\n";
    }
    return "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"" + escaped(caption_) +
           "\"><table>" + element("caption", escaped(caption_)) +
           element("thead", element("tr", head)) + "\n" + element("tbody", "\n" + body) +
           "</table></div>\n";
}

}  // namespace stratsim::html
