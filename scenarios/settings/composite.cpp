#include "scenarios/settings/composite.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace stratsim {

std::vector<std::string_view> split_settings(std::string_view s) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    int depth = 0;
    for (std::size_t i = 0; i <= s.size(); ++i) {
        if (i < s.size() && s[i] == '(') ++depth;
        if (i < s.size() && s[i] == ')') --depth;
        if (i == s.size() || (s[i] == ',' && depth == 0)) {
            parts.push_back(s.substr(begin, i - begin));
            begin = i + 1;
        }
    }
    return parts;
}

void read_parts(std::string_view text, const std::vector<Part>& parts, std::string_view form) {
    std::set<std::string_view> seen;
    for (const std::string_view setting : split_settings(text)) {
        const auto equals = setting.find('=');
        const std::string_view key = setting.substr(0, equals);
        const auto part = std::ranges::find(parts, key, &Part::key);
        if (part == parts.end() || equals == std::string_view::npos) {
            throw BadValue(fmt::format("'{}' says nothing here", setting.substr(0, 40)),
                           fmt::format("write {}", form), "setting");
        }
        if (!seen.insert(key).second) {
            throw BadValue(fmt::format("'{}' stands there twice", key), "write it once",
                           "duplicate-key");
        }
        part->set(setting.substr(equals + 1));
    }
}

std::optional<std::string_view> inside(std::string_view text, std::string_view name) {
    if (!text.starts_with(name) || !text.ends_with(')')) return std::nullopt;
    text.remove_prefix(name.size());
    if (!text.starts_with('(')) return std::nullopt;
    return text.substr(1, text.size() - 2);
}

}  // namespace stratsim
