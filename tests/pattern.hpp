#pragma once

#include <optional>
#include <regex.h>
#include <stdexcept>
#include <string>
#include <vector>

namespace stratsim {

/// An extended regular expression of POSIX; <regex> takes seconds to compile in every file.
class Pattern {
  public:
    explicit Pattern(const char* expression) {
        if (::regcomp(&compiled_, expression, REG_EXTENDED) != 0)
            throw std::invalid_argument(expression);
    }
    ~Pattern() { ::regfree(&compiled_); }
    Pattern(const Pattern&) = delete;
    Pattern& operator=(const Pattern&) = delete;

    /// What the whole and each group matched, where the text has a match.
    std::optional<std::vector<std::string>> find(const std::string& text) const {
        std::vector<regmatch_t> found(compiled_.re_nsub + 1);
        if (::regexec(&compiled_, text.c_str(), found.size(), found.data(), 0) != 0)
            return std::nullopt;
        std::vector<std::string> groups;
        for (const regmatch_t& group : found) {
            const bool matched = group.rm_so >= 0;
            groups.push_back(matched
                                 ? text.substr(static_cast<std::size_t>(group.rm_so),
                                               static_cast<std::size_t>(group.rm_eo - group.rm_so))
                                 : "");
        }
        return groups;
    }

  private:
    regex_t compiled_{};
};

}  // namespace stratsim
