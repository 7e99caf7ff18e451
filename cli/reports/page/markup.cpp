#include "cli/reports/page/markup.hpp"

#include "cli/reports/words/findings.hpp"

#include <cmath>
#include <fmt/format.h>

namespace stratsim::html {

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : clean_utf8(text)) {
        switch (c) {
            case '&':
                safe += "&amp;";
                break;
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '"':
                safe += "&quot;";
                break;
            case '\'':
                safe += "&#39;";
                break;
            default:
                safe += c;
        }
    }
    return safe;
}

std::string for_script(std::string_view json) {
    std::string safe;
    for (const char c : json) {
        if (c == '<' || c == '>' || c == '&') {
            safe += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            safe += c;
        }
    }
    return safe;
}

std::string element(std::string_view tag, std::string_view attributes, std::string_view content) {
    return fmt::format("<{}{}{}>{}</{}>", tag, attributes.empty() ? "" : " ", attributes, content,
                       tag);
}

std::string element(std::string_view tag, std::string_view content) {
    return element(tag, "", content);
}

std::string paragraph(std::string_view style, std::string_view text) {
    return element("p", style.empty() ? "" : fmt::format("class=\"{}\"", style), escaped(text)) +
           "\n";
}

std::string heading(int level, std::string_view text) {
    return element(fmt::format("h{}", level), escaped(text)) + "\n";
}

std::string folded(std::string_view summary, std::string_view content, std::string_view style) {
    return element("details", style.empty() ? "" : fmt::format("class=\"{}\"", style),
                   element("summary", escaped(summary)) + "\n" + std::string(content)) +
           "\n";
}

std::string number(std::string_view text, double value, std::string_view pointer) {
    return element("data",
                   fmt::format("value=\"{}\" data-json=\"{}\"", exact(value), escaped(pointer)),
                   escaped(text));
}

std::string exact(double value) {
    if (!std::isfinite(value)) return "";
    return fmt::format("{}", value);
}

}  // namespace stratsim::html
