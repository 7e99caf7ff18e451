// Looks at every character of a file once: is it text, and can libyaml read it in linear time?
#include "scenarios/text/survey.hpp"

#include "scenarios/text/source_text.hpp"

#include <cstddef>
#include <cstdint>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace stratsim {
namespace {

/// One pass over the characters, and what it counts on the way.
class Survey {
  public:
    explicit Survey(Document& document) : document_(document), text_(*document.source) {}

    void run() {
        refuse_other_encodings();
        auto lines = std::make_shared<LineIndex>();
        Cursor cursor{.offset = start_of_text(text_)};
        bool at_line_start = true;
        while (cursor.offset < text_.size()) {
            lines->note(cursor);
            const Letter letter = next_letter(text_, cursor.offset);
            if (!letter.valid || !is_allowed(letter.value)) {
                document_.lines = lines;
                refuse_letter(cursor, letter);
            }
            count_directive(cursor, at_line_start && letter.value == U'%');
            count_gaps(cursor, letter.value);
            at_line_start = is_break(letter.value);
            advance(text_, cursor, letter);
        }
        document_.lines = lines;
        refuse_directives();
        refuse_gaps();
    }

  private:
    // A whole file costs libyaml at most this many bytes of clearing buffers (see count_gaps).
    static constexpr std::size_t most_cleared = 4'000'000'000;
    static constexpr std::size_t most_directives = 100;

    /// What the characters between two words add up to.
    struct Gaps {
        std::size_t count = 0;
        std::size_t run = 0;
        std::size_t longest = 0;
        Cursor place_of_longest;

        void extend(const Cursor& cursor) {
            count += run == 0 ? 1 : 0;
            if (++run > longest) {
                longest = run;
                place_of_longest = cursor;
            }
        }
        std::size_t cost() const { return count * longest; }
    };

    static bool is_allowed(char32_t value) {
        const bool white = value == U'\t' || value == U'\n' || value == U'\r' || value == 0x85;
        const bool control = value < 0x20 || (value >= 0x7F && value < 0xA0);
        return white || (!control && value != 0xFEFF && value != 0xFFFE && value != 0xFFFF);
    }

    void refuse_other_encodings() {
        const std::string_view mark = text_.substr(0, 2);
        const bool marked = mark == "\xFF\xFE" || mark == "\xFE\xFF";
        const auto zero = [this](std::size_t index) { return text_[index] == '\0'; };
        const bool bare =
            text_.size() >= 4 && zero(0) == zero(2) && zero(1) == zero(3) && zero(0) != zero(1);
        if (marked || bare) {
            refuse(Cursor{}, "encoding", "the file is UTF-16, not UTF-8",
                   "save it as UTF-8; in PowerShell: ... | Out-File -Encoding utf8 FILE");
        }
    }

    [[noreturn]] void refuse_letter(const Cursor& cursor, const Letter& letter) {
        if (!letter.valid) {
            refuse(cursor, "encoding", "this is not UTF-8 text",
                   "save the file as UTF-8, or check that it is the right file");
        }
        if (letter.value == 0) {
            refuse(cursor, "encoding", "a NUL byte: this is a binary file",
                   "check that it is the right file");
        }
        refuse(cursor, "encoding",
               fmt::format("the control character U+{:04X} cannot stand in YAML",
                           static_cast<std::uint32_t>(letter.value)),
               "remove it, or write it as an escape in double quotes");
    }

    // libyaml compares every %TAG directive with all before it.
    void count_directive(const Cursor& cursor, bool is_directive) {
        if (is_directive && ++directives_ == most_directives + 1) {
            place_of_directive_ = cursor;
        }
    }

    void refuse_directives() {
        if (directives_ > most_directives) {
            refuse(place_of_directive_, "syntax",
                   fmt::format("more than {} lines start with '%'", most_directives),
                   "such a line is a directive; put text in quotes");
        }
    }

    // Within a scalar, libyaml clears its buffer of blanks after every gap between two words, and
    // the buffer is as long as the longest gap so far. One long gap before many short ones takes
    // minutes. The same holds for empty lines.
    void count_gaps(const Cursor& cursor, char32_t value) {
        if (value == U' ' || value == U'\t') {
            blanks_.extend(cursor);
            return;
        }
        blanks_.run = 0;
        if (is_break(value)) {
            breaks_.extend(cursor);
        } else {
            breaks_.run = 0;
        }
    }

    void refuse_gaps() {
        for (const Gaps* gaps : {&blanks_, &breaks_}) {
            if (gaps->cost() > most_cleared) {
                refuse(gaps->place_of_longest, "too-big",
                       fmt::format("{} {} in a row are too many in a file of this size",
                                   gaps->longest, gaps == &blanks_ ? "blanks" : "line breaks"),
                       "remove them");
            }
        }
    }

    [[noreturn]] void refuse(const Cursor& cursor, std::string rule, std::string message,
                             std::string advice) {
        Diagnostic diagnostic = complain_at(document_, cursor.line, cursor.column, 1);
        diagnostic.rule = std::move(rule);
        diagnostic.message = std::move(message);
        diagnostic.advice = std::move(advice);
        throw InputErrors({std::move(diagnostic)});
    }

    Document& document_;
    std::string_view text_;
    std::size_t directives_ = 0;
    Cursor place_of_directive_;
    Gaps blanks_;
    Gaps breaks_;
};

}  // namespace

void survey(Document& document) {
    Survey{document}.run();
}

}  // namespace stratsim
