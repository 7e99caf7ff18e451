// Builds trees from libyaml's events and refuses, early and by name, whatever costs too much.
//
// The text is looked at twice. A first pass over the characters finds what libyaml cannot digest
// (binary content, other encodings) and what it digests only in quadratic time; it also notes
// landmarks from which a line and column are found fast. Then events become nodes in place: an
// open collection is always the last child of its parent, so pointers to open nodes stay valid,
// and an anchor is a path from the root instead of a second copy of its node. Aliases are copied,
// after they were measured. Merge keys are expanded when the document is complete, because that
// moves nodes and would break the paths.
#include "scenarios/document.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <functional>
#include <new>
#include <optional>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>
#include <unordered_map>
#include <unordered_set>
#include <yaml.h>

namespace stratsim {
namespace {

/// A position in the text, in bytes and as people count.
struct Cursor {
    std::size_t offset = 0;
    int line = 1;
    int column = 1;
};

bool comes_before(const Cursor& left, int line, int column) {
    return std::tie(left.line, left.column) < std::tie(line, column);
}

/// The line breaks of YAML 1.1, so that lines count as libyaml counts them.
bool is_break(char32_t value) {
    return value == U'\n' || value == U'\r' || value == 0x85 || value == 0x2028 || value == 0x2029;
}

Letter next_letter(std::string_view text, std::size_t offset) {
    const char first = text[offset];
    if (first >= 0x20) {
        return {.value = static_cast<char32_t>(first), .size = 1, .valid = true};
    }
    return letter_at(text, offset);
}

void advance(std::string_view text, Cursor& cursor, const Letter& letter) {
    cursor.offset += letter.size;
    const bool half_a_break =
        letter.value == U'\r' && cursor.offset < text.size() && text[cursor.offset] == '\n';
    if (letter.valid && is_break(letter.value) && !half_a_break) {
        ++cursor.line;
        cursor.column = 1;
    } else {
        ++cursor.column;
    }
}

std::size_t start_of_text(std::string_view text) {
    return text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
}

}  // namespace

/// Landmarks every few hundred bytes, from which the offset of a line and column is near.
class LineIndex {
  public:
    void note(const Cursor& cursor) {
        if (landmarks_.empty() || cursor.offset >= landmarks_.back().offset + distance) {
            landmarks_.push_back(cursor);
        }
    }

    Cursor before(int line, int column) const {
        const auto after =
            std::upper_bound(landmarks_.begin(), landmarks_.end(), std::make_pair(line, column),
                             [](const auto& place, const Cursor& landmark) {
                                 return place < std::make_pair(landmark.line, landmark.column);
                             });
        // The first landmark is the start of the text, which comes before every place.
        return after == landmarks_.begin() ? Cursor{} : *std::prev(after);
    }

  private:
    static constexpr std::size_t distance = 256;
    std::vector<Cursor> landmarks_;
};

namespace {

/// Goes on from a cursor to a line and column after it, or to the end of that line.
void walk(std::string_view text, Cursor& cursor, int line, int column) {
    while (cursor.offset < text.size() && comes_before(cursor, line, column)) {
        Cursor next = cursor;
        advance(text, next, next_letter(text, cursor.offset));
        if (cursor.line == line && next.line > line) {
            return;
        }
        cursor = next;
    }
}

std::size_t offset_of(std::string_view text, const LineIndex* lines, int line, int column) {
    Cursor cursor{.offset = start_of_text(text)};
    if (lines != nullptr) {
        cursor = lines->before(line, column);
    }
    walk(text, cursor, line, column);
    return cursor.offset;
}

/// The size of the line break that ends at `offset`, or 0.
std::size_t break_before(std::string_view text, std::size_t offset) {
    for (const std::string_view one : {"\n", "\r", "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"}) {
        if (offset >= one.size() && text.substr(offset - one.size(), one.size()) == one) {
            return one.size();
        }
    }
    return 0;
}

Diagnostic complain_at(const Document& document, int line, int column, int width) {
    // More than the renderer shows, so that it still sees that a line goes on.
    constexpr std::size_t most_letters = 120;
    const std::string_view text = *document.source;
    const std::size_t offset = offset_of(text, document.lines.get(), line, column);
    std::size_t first = offset;
    std::size_t letters_before = 0;
    const std::size_t start = start_of_text(text);
    while (first > start && break_before(text, first) == 0 && letters_before < most_letters) {
        do {
            --first;
        } while (first > start && (static_cast<unsigned char>(text[first]) & 0xC0U) == 0x80);
        ++letters_before;
    }
    std::size_t last = offset;
    for (std::size_t count = 0; last < text.size() && count < most_letters; ++count) {
        const Letter letter = letter_at(text, last);
        if (letter.valid && is_break(letter.value)) {
            break;
        }
        last += letter.size;
    }
    const bool cut = first > start && break_before(text, first) == 0;
    return {.place = {.file = document.file, .line = line, .column = column},
            .rule = "",
            .message = "",
            .advice = "",
            .width = width,
            .source_line = std::string{text.substr(first, last - first)},
            .caret = cut ? static_cast<int>(letters_before) + 1 : 0};
}

Diagnostic without_place(const std::string& file, std::string rule, std::string message,
                         std::string advice) {
    return {.place = {.file = file, .line = 0, .column = 0},
            .rule = std::move(rule),
            .message = std::move(message),
            .advice = std::move(advice),
            .width = 1,
            .source_line = "",
            .caret = 0};
}

std::string shown_name(const std::string& file) {
    return file == "-" ? "standard input" : fmt::format("'{}'", file);
}

[[noreturn]] void refuse_size(const std::string& file) {
    throw InputErrors({without_place(
        file, "too-big",
        fmt::format("{} is bigger than {} MiB", shown_name(file), most_bytes_in_file >> 20U),
        "split it, or check that it is the right file")});
}

// ---- The first pass ----------------------------------------------------------------------

/// Looks at every character once, before libyaml does.
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

// ---- Syntax errors in plain words --------------------------------------------------------

/// A syntax error as libyaml states it, and the text around it.
class SyntaxError {
  public:
    /// `innermost` is the collection that was open when the error was found, if any.
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

// ---- Events to nodes ---------------------------------------------------------------------

/// libyaml's parser, released at the end.
class Parser {
  public:
    explicit Parser(std::string_view text) {
        // libyaml would count the byte order mark as a column.
        text.remove_prefix(start_of_text(text));
        if (yaml_parser_initialize(&parser_) == 0) {
            throw std::bad_alloc{};
        }
        yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                     text.size());
    }
    ~Parser() { yaml_parser_delete(&parser_); }
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;

    yaml_parser_t& get() { return parser_; }

  private:
    yaml_parser_t parser_{};
};

/// One event of libyaml, released at the end.
class Event {
  public:
    Event() = default;
    ~Event() { yaml_event_delete(&event_); }
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    yaml_event_t& get() { return event_; }

  private:
    yaml_event_t event_{};
};

std::string_view view(const yaml_char_t* text) {
    return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

bool is_merge_key(const Node& key) {
    return key.kind == Node::Kind::scalar && !key.quoted && key.text == "<<";
}

bool is_collection(const Node& node) {
    return node.kind == Node::Kind::sequence || node.kind == Node::Kind::mapping;
}

/// What copying a node would cost.
struct Measure {
    std::size_t nodes = 0;
    std::size_t bytes = 0;
    std::size_t height = 0;
};

Measure measure(const Node& node, std::size_t most_nodes) {
    Measure result{.nodes = 1, .bytes = node.text.size(), .height = 0};
    const auto add = [&](const Node& child) {
        if (result.nodes > most_nodes) {
            return;
        }
        const Measure inner = measure(child, most_nodes - result.nodes);
        result.nodes += inner.nodes;
        result.bytes += inner.bytes;
        result.height = std::max(result.height, inner.height);
    };
    for (const Node& item : node.items) {
        add(item);
    }
    for (const auto& [key, value] : node.entries) {
        add(key);
        add(value);
    }
    result.height += is_collection(node) ? 1 : 0;
    return result;
}

/// Turns the events of one file into documents.
class Composer {
  public:
    explicit Composer(Document blank)
        : blank_(std::move(blank)),
          document_(blank_),
          parser_(*blank_.source),
          last_decorated_{.offset = start_of_text(*blank_.source)} {}

    std::vector<Document> documents() {
        while (step()) {
        }
        if (!mistakes_.empty()) {
            throw InputErrors(std::move(mistakes_));
        }
        return std::move(documents_);
    }

  private:
    /// An open collection.
    struct Frame {
        Node* node = nullptr;
        // In a mapping: the last entry has its key and waits for its value.
        bool wants_value = false;
    };

    /// How to get from the root to a node: an index in every collection on the way; in a mapping
    /// twice the index of the entry, and one more for its value.
    using Path = std::vector<std::uint32_t>;

    bool step() {
        Event event;
        if (yaml_parser_parse(&parser_.get(), &event.get()) == 0) {
            const Node* innermost = frames_.empty() ? nullptr : frames_.back().node;
            stop(SyntaxError{document_, parser_.get(), innermost}.in_plain_words());
        }
        switch (event.get().type) {
            case YAML_NO_EVENT:
            case YAML_STREAM_START_EVENT:
                return true;
            case YAML_STREAM_END_EVENT:
                return false;
            case YAML_DOCUMENT_START_EVENT:
                begin_document(event.get());
                return true;
            case YAML_DOCUMENT_END_EVENT:
                end_document();
                return true;
            case YAML_ALIAS_EVENT:
                add_alias(event.get());
                return true;
            case YAML_SCALAR_EVENT:
                add_scalar(event.get());
                return true;
            case YAML_SEQUENCE_START_EVENT:
                open(event.get(), Node::Kind::sequence, event.get().data.sequence_start.anchor);
                return true;
            case YAML_MAPPING_START_EVENT:
                open(event.get(), Node::Kind::mapping, event.get().data.mapping_start.anchor);
                return true;
            case YAML_SEQUENCE_END_EVENT:
            case YAML_MAPPING_END_EVENT:
                close();
                return true;
        }
        return false;
    }

    static Node node_at(const yaml_event_t& event, Node::Kind kind) {
        Node node;
        node.kind = kind;
        node.line = static_cast<int>(event.start_mark.line) + 1;
        node.column = static_cast<int>(event.start_mark.column) + 1;
        return node;
    }

    void begin_document(const yaml_event_t& event) {
        document_ = blank_;
        if (++documents_seen_ > most_documents_in_file) {
            stop(document_.complain(
                node_at(event, Node::Kind::null), "too-many-documents",
                fmt::format("more than {} documents in one file", most_documents_in_file),
                "split the file"));
        }
    }

    void end_document() {
        if (has_merge_keys_) {
            merge_all(document_.root);
        }
        if (document_.root.kind != Node::Kind::null) {
            documents_.push_back(std::move(document_));
        }
        document_ = blank_;
        anchors_.clear();
        has_merge_keys_ = false;
    }

    void add_scalar(const yaml_event_t& event) {
        const auto& scalar = event.data.scalar;
        Node node = node_at(event, Node::Kind::scalar);
        count_nodes(node, 1);
        node.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
        const bool plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
        const std::string_view tag = view(scalar.tag);
        node.quoted = !plain || tag == YAML_STR_TAG || tag == "!";
        if (!node.quoted && (node.text.empty() || node.text == "~" || node.text == "null" ||
                             node.text == "Null" || node.text == "NULL")) {
            node.kind = Node::Kind::null;
        }
        if (event.end_mark.line == event.start_mark.line) {
            const std::size_t width = event.end_mark.column - event.start_mark.column;
            node.width = std::max(static_cast<int>(width), 1);
        }
        const bool decorated = scalar.anchor != nullptr || scalar.tag != nullptr;
        if (decorated && !node.text.empty()) {
            skip_decoration(node);
        }
        const bool empty = plain && node.text.empty() && !decorated;
        place(std::move(node), empty ? Written::no : Written::yes);
        remember(scalar.anchor);
    }

    // For libyaml a scalar starts at its anchor or tag; for a reader it starts at its text.
    void skip_decoration(Node& node) {
        const std::string_view text = *document_.source;
        // Scalars come in the order of the text, so all these walks together read it once.
        walk(text, last_decorated_, node.line, node.column);
        std::size_t offset = last_decorated_.offset;
        int skipped = 0;
        while (offset < text.size() && (text[offset] == '&' || text[offset] == '!')) {
            const std::size_t end = text.find_first_of(" \t\r\n", offset);
            const std::size_t next = text.find_first_not_of(" \t", std::min(end, text.size()));
            if (next == std::string_view::npos || text[next] == '\n' || text[next] == '\r') {
                return;
            }
            for (; offset < next; offset += letter_at(text, offset).size) {
                ++skipped;
            }
        }
        node.column += skipped;
        node.width = std::max(node.width - skipped, 1);
    }

    void add_alias(const yaml_event_t& event) {
        const std::string name{view(event.data.alias.anchor)};
        Node here = node_at(event, Node::Kind::null);
        here.width = static_cast<int>(event.end_mark.column - event.start_mark.column);
        const auto found = anchors_.find(name);
        if (found == anchors_.end()) {
            note(document_.complain(here, "alias", fmt::format("no anchor named {}", quote(name)),
                                    "mark a value before this one with &NAME"));
            count_nodes(here, 1);
            place(std::move(here), Written::yes);
            return;
        }
        const Node& original = resolve(found->second);
        for (const Frame& frame : frames_) {
            if (frame.node == &original) {
                stop(document_.complain(here, "alias",
                                        fmt::format("{} contains itself", quote(name)),
                                        "an alias must stand outside of what it repeats"));
            }
        }
        refuse_bomb(here, measure(original, most_values_in_file - nodes_));
        Node copy = original;
        place(std::move(copy), Written::yes);
    }

    void refuse_bomb(const Node& here, const Measure& cost) {
        if (frames_.size() + cost.height > deepest_nesting) {
            stop_too_deep(here);
        }
        copied_bytes_ += cost.bytes;
        copied_nodes_ += cost.nodes;
        if (copied_bytes_ > most_bytes_in_file) {
            stop(document_.complain(here, "alias-bomb",
                                    fmt::format("the aliases repeat more than {} MiB of text",
                                                most_bytes_in_file >> 20U),
                                    "repeat less"));
        }
        count_nodes(here, cost.nodes);
    }

    void open(const yaml_event_t& event, Node::Kind kind, const yaml_char_t* anchor) {
        Node node = node_at(event, kind);
        if (frames_.size() >= deepest_nesting) {
            stop_too_deep(node);
        }
        count_nodes(node, 1);
        Node* const placed = place(std::move(node), Written::yes);
        remember(anchor);
        frames_.push_back({.node = placed, .wants_value = false});
    }

    void close() {
        Node& node = *frames_.back().node;
        give_back_spare_room(node.items);
        give_back_spare_room(node.entries);
        check_duplicates(node);
        frames_.pop_back();
    }

    // The spare room of many small collections can take as much memory as their content; on the
    // other hand, for a moment the old and the new place of a big one exist together.
    template <class Element>
    static void give_back_spare_room(std::vector<Element>& elements) {
        if (elements.size() < elements.capacity() / 4 * 3 || elements.capacity() < 16) {
            elements.shrink_to_fit();
        }
    }

    // A table of indices, as it needs an eighth of the memory of std::unordered_map.
    void check_duplicates(const Node& node) {
        constexpr std::uint32_t free_slot = UINT32_MAX;
        const auto& entries = node.entries;
        std::vector<std::uint32_t> table(std::bit_ceil(2 * entries.size() + 1), free_slot);
        for (std::uint32_t index = 0; index < entries.size(); ++index) {
            const Node& key = entries[index].first;
            if (is_collection(key)) {
                continue;
            }
            std::size_t slot = std::hash<std::string_view>{}(key.text);
            slot &= table.size() - 1;
            while (table[slot] != free_slot && entries[table[slot]].first.text != key.text) {
                slot = (slot + 1) & (table.size() - 1);
            }
            if (table[slot] != free_slot) {
                note_duplicate(key, entries[table[slot]].first);
            } else {
                table[slot] = index;
            }
        }
    }

    void note_duplicate(const Node& key, const Node& first) {
        note(document_.complain(
            key, "duplicate-key", fmt::format("key {} is given twice", quote(key.text)),
            fmt::format("it stands already in line {}, column {}", first.line, first.column)));
    }

    enum class Written { no, yes };

    /// Puts a node where it belongs; a value that is not written gets the place of its key or dash.
    Node* place(Node node, Written written) {
        if (frames_.empty()) {
            document_.root = std::move(node);
            return &document_.root;
        }
        Frame& frame = frames_.back();
        if (frame.node->kind == Node::Kind::sequence) {
            const bool after_dash = written == Written::no && node.column > 1;
            node.column -= after_dash ? 1 : 0;
            frame.node->items.push_back(std::move(node));
            return &frame.node->items.back();
        }
        frame.wants_value = !frame.wants_value;
        if (frame.wants_value) {
            check_key(node);
            frame.node->entries.emplace_back(std::move(node), Node{});
            return &frame.node->entries.back().first;
        }
        auto& [key, value] = frame.node->entries.back();
        if (written == Written::no) {
            std::tie(node.line, node.column, node.width) =
                std::tie(key.line, key.column, key.width);
        }
        value = std::move(node);
        return &value;
    }

    void check_key(const Node& key) {
        has_merge_keys_ = has_merge_keys_ || is_merge_key(key);
        if (!is_collection(key)) {
            return;
        }
        const std::size_t offset =
            offset_of(*document_.source, document_.lines.get(), key.line, key.column);
        const bool helm = offset > 0 && document_.source->substr(offset - 1, 2) == "{{";
        note(document_.complain(
            key, "syntax", "a list or mapping cannot be a key",
            helm ? "if this is a Helm template, render it first with helm template"
                 : "put text with special characters in quotes"));
    }

    /// Gives the node that was placed last a name.
    void remember(const yaml_char_t* anchor) {
        if (anchor == nullptr) {
            return;
        }
        Path path;
        path.reserve(frames_.size());
        for (const Frame& frame : frames_) {
            const bool is_list = frame.node->kind == Node::Kind::sequence;
            const std::size_t last =
                is_list ? frame.node->items.size() - 1
                        : 2 * (frame.node->entries.size() - 1) + (frame.wants_value ? 0 : 1);
            path.push_back(static_cast<std::uint32_t>(last));
        }
        Path& known = anchors_[std::string{view(anchor)}];
        known = std::move(path);
        if (anchors_.size() > most_anchors_in_document) {
            stop(document_.complain(
                resolve(known), "alias-bomb",
                fmt::format("more than {} anchors in one document", most_anchors_in_document),
                "remove the anchors that no alias uses"));
        }
    }

    const Node& resolve(const Path& path) const {
        const Node* node = &document_.root;
        for (const std::uint32_t index : path) {
            if (node->kind == Node::Kind::sequence) {
                node = &node->items[index];
            } else {
                const auto& [key, value] = node->entries[index / 2];
                node = index % 2 == 0 ? &key : &value;
            }
        }
        return *node;
    }

    void merge_all(Node& node) {
        for (Node& item : node.items) {
            merge_all(item);
        }
        for (auto& [key, value] : node.entries) {
            merge_all(value);
        }
        const bool has_merge_key =
            std::any_of(node.entries.begin(), node.entries.end(),
                        [](const auto& entry) { return is_merge_key(entry.first); });
        if (has_merge_key) {
            merge(node);
        }
    }

    // What a mapping says itself wins over what it merges, and an earlier source over a later one.
    void merge(Node& mapping) {
        std::vector<std::pair<Node, Node>> result;
        std::vector<Node> sources;
        for (auto& [key, value] : mapping.entries) {
            if (is_merge_key(key)) {
                collect_sources(std::move(value), sources);
            } else {
                result.emplace_back(std::move(key), std::move(value));
            }
        }
        std::unordered_set<std::string> known;
        for (const auto& [key, value] : result) {
            known.insert(key.text);
        }
        for (Node& source : sources) {
            for (auto& [key, value] : source.entries) {
                if (known.insert(key.text).second) {
                    result.emplace_back(std::move(key), std::move(value));
                }
            }
        }
        give_back_spare_room(result);
        mapping.entries = std::move(result);
    }

    void collect_sources(Node value, std::vector<Node>& sources) {
        if (value.kind == Node::Kind::sequence) {
            for (Node& item : value.items) {
                take_source(std::move(item), sources);
            }
        } else {
            take_source(std::move(value), sources);
        }
    }

    void take_source(Node value, std::vector<Node>& sources) {
        if (value.kind == Node::Kind::mapping) {
            sources.push_back(std::move(value));
            return;
        }
        note(document_.complain(value, "merge", "'<<' can only merge a mapping",
                                "write <<: *NAME or <<: [*NAME, *OTHER]"));
    }

    void count_nodes(const Node& here, std::size_t count) {
        nodes_ += count;
        depths_ += count * frames_.size();
        // libyaml looks at every open bracket for every token.
        if (depths_ > most_values_in_file * deepest_nesting / 2) {
            stop(document_.complain(here, "too-deep", "too many values are nested this deep",
                                    "split the file"));
        }
        if (nodes_ <= most_values_in_file) {
            return;
        }
        if (copied_nodes_ > 0) {
            stop(document_.complain(
                here, "alias-bomb",
                fmt::format("the aliases expand to more than {} values", most_values_in_file),
                "repeat less"));
        }
        stop(document_.complain(here, "too-big",
                                fmt::format("more than {} values in one file", most_values_in_file),
                                "split the file"));
    }

    [[noreturn]] void stop_too_deep(const Node& here) {
        stop(document_.complain(here, "too-deep",
                                fmt::format("nested more than {} levels deep", deepest_nesting),
                                "check that this is the right file"));
    }

    void note(Diagnostic diagnostic) {
        mistakes_.push_back(std::move(diagnostic));
        if (mistakes_.size() >= most_mistakes_in_file) {
            throw InputErrors(std::move(mistakes_));
        }
    }

    [[noreturn]] void stop(Diagnostic diagnostic) {
        mistakes_.push_back(std::move(diagnostic));
        throw InputErrors(std::move(mistakes_));
    }

    Document blank_;
    Document document_;
    Parser parser_;
    Cursor last_decorated_;
    std::vector<Document> documents_;
    std::vector<Frame> frames_;
    std::unordered_map<std::string, Path> anchors_;
    std::vector<Diagnostic> mistakes_;
    std::size_t nodes_ = 0;
    std::size_t depths_ = 0;
    std::size_t copied_nodes_ = 0;
    std::size_t copied_bytes_ = 0;
    std::size_t documents_seen_ = 0;
    bool has_merge_keys_ = false;
};

// ---- Files -------------------------------------------------------------------------------

[[noreturn]] void refuse_file(const std::string& file, const std::string& reason,
                              std::string advice = "") {
    throw InputErrors(
        {without_place(file, "file", fmt::format("cannot read {}: {}", shown_name(file), reason),
                       std::move(advice))});
}

/// An open file, closed at the end unless it is standard input.
class OpenFile {
  public:
    explicit OpenFile(const std::string& file)
        : file_(file), descriptor_(file == "-" ? 0 : ::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (descriptor_ < 0) {
            refuse_file(file_, std::strerror(errno));
        }
    }
    ~OpenFile() {
        if (descriptor_ > 0) {
            ::close(descriptor_);
        }
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    /// The size that the file states; a pipe or a device states 0.
    std::size_t stated_size() const {
        struct stat status {};
        if (::fstat(descriptor_, &status) != 0) {
            refuse_file(file_, std::strerror(errno));
        }
        if (S_ISDIR(status.st_mode)) {
            refuse_file(file_, "it is a directory", "name the files in it");
        }
        return S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size) : 0;
    }

    std::string content() const {
        const std::size_t expected = stated_size();
        std::string text;
        if (expected > most_bytes_in_file) {
            refuse_size(file_);
        }
        text.reserve(expected);
        std::array<char, 65536> chunk{};
        while (true) {
            const ssize_t count = ::read(descriptor_, chunk.data(), chunk.size());
            if (count == 0) {
                return text;
            }
            if (count < 0 && errno != EINTR) {
                refuse_file(file_, std::strerror(errno));
            }
            text.append(chunk.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
            if (text.size() > most_bytes_in_file) {
                refuse_size(file_);
            }
        }
    }

  private:
    const std::string& file_;
    int descriptor_;
};

}  // namespace

const Node* Node::find(std::string_view key) const {
    for (const auto& [name, value] : entries) {
        if (!is_collection(name) && name.text == key) {
            return &value;
        }
    }
    return nullptr;
}

Diagnostic Document::complain(const Node& at, std::string rule, std::string message,
                              std::string advice) const {
    Diagnostic result = complain_at(*this, at.line, at.column, at.width);
    result.rule = std::move(rule);
    result.message = std::move(message);
    result.advice = std::move(advice);
    return result;
}

std::vector<Document> read_documents(const std::string& file) {
    return parse_documents(file, OpenFile{file}.content());
}

std::vector<Document> parse_documents(std::string file, std::string text) {
    if (text.size() > most_bytes_in_file) {
        refuse_size(file);
    }
    Document blank;
    blank.file = std::move(file);
    blank.source = std::make_shared<const std::string>(std::move(text));
    Survey{blank}.run();
    return Composer{std::move(blank)}.documents();
}

}  // namespace stratsim
