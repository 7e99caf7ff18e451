// Rewords what libyaml says about a syntax error, and points at where the mistake was made.
#include "scenarios/text/syntax_error.hpp"

#include "scenarios/text/source_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace stratsim {
namespace {

/// A syntax error as libyaml states it, and the text around it.
class SyntaxError {
  public:
    SyntaxError(const Document& document, const yaml_parser_t& parser, const Node* innermost)
        : document_(document), text_(*document.source), innermost_(innermost) {
        problem_ = parser.problem != nullptr ? parser.problem : "out of memory";
        context_ = parser.context != nullptr ? parser.context : "";
        here_ = cursor_at(parser.problem_mark);
        start_ = cursor_at(parser.context_mark);
    }

    Diagnostic in_plain_words() const {
        if (about_characters()) {
            return *about_characters();
        }
        if (about_quotes_and_brackets()) {
            return *about_quotes_and_brackets();
        }
        if (about_indentation()) {
            return *about_indentation();
        }
        return at(here_, context_.empty() ? problem_ : fmt::format("{} {}", problem_, context_),
                  "");
    }

  private:
    Cursor cursor_at(const yaml_mark_t& mark) const {
        Cursor cursor{.line = static_cast<int>(mark.line) + 1,
                      .column = static_cast<int>(mark.column) + 1};
        cursor.offset = offset_of(text_, document_.lines.get(), cursor.line, cursor.column);
        return cursor;
    }

    char letter(const Cursor& cursor) const {
        return cursor.offset < text_.size() ? text_[cursor.offset] : '\0';
    }

    /// What stands in the line before the cursor.
    std::string_view before(const Cursor& cursor) const {
        std::size_t first = cursor.offset;
        while (first > 0 && break_before(text_, first) == 0) {
            --first;
        }
        return text_.substr(first, cursor.offset - first);
    }

    bool is_first_in_line(const Cursor& cursor) const {
        return before(cursor).find_first_not_of(" \t\xEF\xBB\xBF") == std::string_view::npos;
    }

    bool at_end_of_file() const {
        return here_.offset >= text_.size() ||
               text_.find_first_not_of(" \t\r\n", here_.offset) == std::string_view::npos;
    }

    std::string_view word(const Cursor& cursor) const {
        const std::string_view rest = text_.substr(cursor.offset, 200);
        return rest.substr(0, rest.find_first_of(" \t\r\n,[]{}:"));
    }

    Diagnostic at(const Cursor& cursor, std::string message, std::string advice,
                  int width = 1) const {
        Diagnostic result = complain_at(document_, cursor.line, cursor.column, width);
        result.rule = "syntax";
        result.message = std::move(message);
        result.advice = std::move(advice);
        if (result.source_line.find("{{") != std::string::npos) {
            result.advice = "if this is a Helm template, render it first with helm template";
        }
        return result;
    }

    std::optional<Diagnostic> about_characters() const {
        const bool no_token = problem_ == "found character that cannot start any token";
        if (problem_.find("tab character") != std::string::npos ||
            (no_token && letter(here_) == '\t')) {
            return at(here_, "a tab cannot indent YAML", "indent with spaces");
        }
        if (no_token) {
            return at(here_, fmt::format("a value cannot start with '{}'", letter(here_)),
                      "put the value in quotes");
        }
        if (problem_ == "did not find expected alphabetic or numeric character") {
            const char sign = letter(start_);
            return at(start_,
                      fmt::format("'{}' starts {}, but no name follows", sign,
                                  sign == '*' ? "an alias" : "an anchor"),
                      "put the value in quotes if it is text");
        }
        if (problem_ == "found unknown escape character") {
            return at(here_, "unknown escape in double quotes",
                      "write \\\\ for a backslash, or use single quotes", 2);
        }
        if (problem_ == "found invalid Unicode character escape code") {
            return at(here_, "this escape is not one character", "write the character itself");
        }
        return std::nullopt;
    }

    std::optional<Diagnostic> about_quotes_and_brackets() const {
        if (context_ == "while scanning a quoted scalar" &&
            (problem_ == "found unexpected end of stream" ||
             problem_ == "found unexpected document indicator")) {
            return at(start_, "this quote is never closed",
                      fmt::format("close it with {}", letter(start_)));
        }
        const bool in_brackets = problem_ == "did not find expected ',' or ']'" ||
                                 problem_ == "did not find expected ',' or '}'";
        if (in_brackets && (at_end_of_file() || !closes(start_.offset))) {
            return unclosed(start_);
        }
        if (in_brackets) {
            return at(here_, fmt::format("expected ',' or '{}' here", closing(letter(start_))),
                      "separate entries with ','; put text with special characters in quotes");
        }
        if (problem_ == "did not find expected node content") {
            return about_missing_value();
        }
        return std::nullopt;
    }

    Diagnostic about_missing_value() const {
        if (at_end_of_file() && innermost_ != nullptr) {
            Cursor bracket{.line = innermost_->line, .column = innermost_->column};
            bracket.offset = offset_of(text_, document_.lines.get(), bracket.line, bracket.column);
            if (letter(bracket) == '[' || letter(bracket) == '{') {
                return unclosed(bracket);
            }
        }
        if (at_end_of_file()) {
            return at(here_, "a value is missing at the end of the file", "");
        }
        const Letter found = letter_at(text_, here_.offset);
        return at(here_,
                  fmt::format("a value was expected here, not {}",
                              quote(text_.substr(here_.offset, found.size))),
                  "put text with special characters in quotes");
    }

    Diagnostic unclosed(const Cursor& bracket) const {
        return at(bracket, fmt::format("this '{}' is never closed", letter(bracket)),
                  fmt::format("close it with '{}'", closing(letter(bracket))));
    }

    static char closing(char bracket) { return bracket == '{' ? '}' : ']'; }

    /// Whether the bracket at `offset` has a partner, which tells a missing comma from a missing
    /// bracket. An apostrophe within a word opens no quote.
    bool closes(std::size_t offset) const {
        std::string open;
        char quote_open = '\0';
        for (; offset < text_.size(); ++offset) {
            const char now = text_[offset];
            if (quote_open != '\0') {
                offset += quote_open == '"' && now == '\\' ? 1 : 0;
                quote_open = now == quote_open ? '\0' : quote_open;
            } else if ((now == '"' || now == '\'') &&
                       std::strchr(" \t\n,:[{", text_[offset - 1]) != nullptr) {
                quote_open = now;
            } else if (now == '[' || now == '{') {
                open += now;
            } else if (now == ']' || now == '}') {
                if (closing(open.back()) != now) {
                    return false;
                }
                open.pop_back();
                if (open.empty()) {
                    return true;
                }
            }
        }
        return false;
    }

    std::optional<Diagnostic> about_indentation() const {
        if (problem_ == "mapping values are not allowed in this context") {
            return about_stray_colon();
        }
        if (problem_ == "could not find expected ':'") {
            return about_missing_colon();
        }
        if (problem_ == "block sequence entries are not allowed in this context") {
            return at(here_, "a list cannot start here",
                      "start the list on the line after its key; put text in quotes");
        }
        if (problem_ == "did not find expected <document start>") {
            return at(here_, "the document has ended, but more text follows",
                      "indent it like the lines before, or start a new document with ---");
        }
        const bool key = problem_ == "did not find expected key";
        const bool dash = problem_ == "did not find expected '-' indicator";
        if (!key && !dash) {
            return std::nullopt;
        }
        if (!is_first_in_line(here_)) {
            return at(here_, "unexpected text after the value", "put the whole value in quotes");
        }
        return at(here_,
                  fmt::format("this line belongs to no {}: {} at the same indentation was expected",
                              key ? "mapping" : "list", key ? "a key" : "'- '"),
                  fmt::format("the {} around it starts in line {}, column {}",
                              key ? "mapping" : "list", start_.line, start_.column));
    }

    Diagnostic about_stray_colon() const {
        if (before(here_).find(": ") != std::string_view::npos) {
            return at(here_, "a second ':' in one line",
                      "put the value in quotes, or the inner key on a line of its own");
        }
        return at(here_, "this ':' makes a key where none can be",
                  "indent the line like the key above it, or give that key no value of its own");
    }

    Diagnostic about_missing_colon() const {
        const std::string_view found = word(start_);
        const int width = std::max(static_cast<int>(found.size()), 1);
        if (found.size() > 1 && found.front() == '-') {
            return at(start_, "a list entry needs a blank after '-'",
                      fmt::format("write - {}", found.substr(1)), width);
        }
        return at(start_, fmt::format("expected ':' after {}", quote(found)),
                  "write KEY: VALUE; a list entry starts with '- '", width);
    }

    const Document& document_;
    std::string_view text_;
    const Node* innermost_;
    std::string problem_;
    std::string context_;
    Cursor here_;
    Cursor start_;
};

}  // namespace

Diagnostic explain_syntax_error(const Document& document, const yaml_parser_t& parser,
                                const Node* innermost) {
    return SyntaxError{document, parser, innermost}.in_plain_words();
}

}  // namespace stratsim
