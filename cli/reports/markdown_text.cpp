#include "cli/reports/markdown_text.hpp"

namespace stratsim {

std::string markdown_text(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        if (c == '\n' || c == '\r') {
            safe += ' ';
            continue;
        }
        if (c == '<') {
            safe += "&lt;";
            continue;
        }
        if (c == '|' || c == '*' || c == '`' || c == '\\' || c == '[' || c == ']' || c == '_')
            safe += '\\';
        safe += c;
    }
    return safe;
}

}  // namespace stratsim
