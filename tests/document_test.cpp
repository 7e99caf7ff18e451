// What the reader of YAML and JSON accepts, where it says that things stand, and how it complains.
#include "scenarios/text/document.hpp"

#include <chrono>
#include <cstdio>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

using namespace stratsim;

namespace {

std::vector<Diagnostic> diagnostics_of(const std::string& text) {
    try {
        parse_documents("web.yaml", text);
    } catch (const InputErrors& errors) {
        return errors.diagnostics();
    }
    return {};
}

std::string complaint_about(const std::string& text) {
    return render(diagnostics_of(text));
}

/// The only rule that the text breaks, "none" or "several".
std::string rule_broken_by(const std::string& text) {
    const std::vector<Diagnostic> found = diagnostics_of(text);
    return found.empty() ? "none" : found.size() == 1 ? found.front().rule : "several";
}

std::string mistake_in_file(const std::string& file) {
    try {
        read_documents(file);
    } catch (const InputErrors& errors) {
        return render(errors.diagnostics());
    }
    return "";
}

/// The tree on one line: quoted scalars in quotes, null as ~.
std::string shown(const Node& node) {
    std::string result;
    switch (node.kind) {
        case Node::Kind::null:
            return "~";
        case Node::Kind::scalar:
            return node.quoted ? '"' + node.text + '"' : node.text;
        case Node::Kind::sequence:
            for (const Node& item : node.items) {
                result += (result.empty() ? "" : " ") + shown(item);
            }
            return "[" + result + "]";
        case Node::Kind::mapping:
            for (const auto& [key, value] : node.entries) {
                result += (result.empty() ? "" : " ") + shown(key) + ":" + shown(value);
            }
            return "{" + result + "}";
    }
    return "?";
}

std::string shown(const std::string& text) {
    std::string result;
    for (const Document& document : parse_documents("web.yaml", text)) {
        result += (result.empty() ? "" : " | ") + shown(document.root);
    }
    return result;
}

std::string place_of(const Node* node) {
    return node == nullptr ? "absent"
                           : fmt::format("{}:{}+{}", node->line, node->column, node->width);
}

std::string repeated(const std::string& part, std::size_t count) {
    std::string result;
    result.reserve(part.size() * count);
    for (std::size_t index = 0; index < count; ++index) {
        result += part;
    }
    return result;
}

std::string filled(const std::string& part) {
    return repeated(part, most_bytes_in_file / part.size());
}

/// A file that is gone when the test is over.
class TemporaryFile {
  public:
    TemporaryFile()
        : path_((std::filesystem::temp_directory_path() /
                 fmt::format("stratsim-document-test-{}", ::getpid()))
                    .string()) {
        std::ofstream{path_};
    }
    ~TemporaryFile() { std::filesystem::remove(path_); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

Diagnostic mistake(int line, int column, std::string source_line) {
    return {.place = {.file = "web.yaml", .line = line, .column = column},
            .rule = "range",
            .message = "too many",
            .advice = "",
            .width = 1,
            .source_line = std::move(source_line),
            .caret = 0};
}

constexpr const char* trailer = "1 error in web.yaml; nothing was run\n";

}  // namespace

TEST_SUITE("diagnostic") {
    TEST_CASE("mistakes are shown in order with their line, a caret and advice") {
        std::vector<Diagnostic> mistakes{mistake(15, 10, "  users: 0"),
                                         mistake(7, 3, "  replcas: 10")};
        mistakes[0].message = "users must be 1 or more, is 0";
        mistakes[0].advice = "how many people send the requests; 1000 if absent";
        mistakes[1].message = "unknown key 'replcas'";
        mistakes[1].rule = "unknown-key";
        mistakes[1].advice = "did you mean 'replicas'?";
        mistakes[1].width = 7;
        CHECK(render(mistakes) ==
              "web.yaml:7:3: error: unknown key 'replcas' [unknown-key]\n"
              "   7 |   replcas: 10\n"
              "     |   ^^^^^^^ did you mean 'replicas'?\n"
              "web.yaml:15:10: error: users must be 1 or more, is 0 [range]\n"
              "  15 |   users: 0\n"
              "     |          ^ how many people send the requests; 1000 if absent\n"
              "2 errors in web.yaml; nothing was run\n");
    }

    TEST_CASE("a mistake in flags has no place and no trailer") {
        Diagnostic flags;
        flags.message = "--max-surge 0 and --max-unavailable 0 leave no room to move";
        CHECK(render({flags}) ==
              "error: --max-surge 0 and --max-unavailable 0 leave no room to move\n");
        flags.advice = "write --max-surge 1";
        CHECK(render({flags}) ==
              "error: --max-surge 0 and --max-unavailable 0 leave no room to move; "
              "write --max-surge 1\n");
    }

    TEST_CASE("more than 20 mistakes are counted, not shown") {
        std::vector<Diagnostic> mistakes;
        for (int line = 55; line >= 1; --line) {
            mistakes.push_back(mistake(line, 1, "x"));
        }
        const std::string text = render(mistakes);
        CHECK(text.find("web.yaml:20:1:") != std::string::npos);
        CHECK(text.find("web.yaml:21:1:") == std::string::npos);
        const std::string end = "and 35 more\n55 errors in web.yaml; nothing was run\n";
        CHECK(text.substr(text.size() - end.size()) == end);
        mistakes.resize(20);
        CHECK(render(mistakes).find("more\n") == std::string::npos);
    }

    TEST_CASE("mistakes in several files are counted together, and - is standard input") {
        Diagnostic from_pipe = mistake(1, 1, "x");
        from_pipe.place.file = "-";
        CHECK(render({mistake(1, 1, "x"), from_pipe}) ==
              "<stdin>:1:1: error: too many [range]\n   1 | x\n     | ^\n"
              "web.yaml:1:1: error: too many [range]\n   1 | x\n     | ^\n"
              "2 errors in 2 files; nothing was run\n");
    }

    TEST_CASE("tabs are one space wide, and no byte of the file can reach the terminal raw") {
        CHECK(render({mistake(12345, 2, "\tx\x1b[31m\xff \xE2\x80\xAEy  ")}) ==
              std::string{"web.yaml:12345:2: error: too many [range]\n"
                          "12345 |  x?[31m? ?y\n"
                          "      |  ^\n"} +
                  trailer);
        Diagnostic rude = mistake(1, 1, "");
        rude.message = "key '\x1b[31m\n' is unknown";
        CHECK(render({rude}) == std::string{"web.yaml:1:1: error: key '?[31m?' is unknown [range]\n"
                                            "   1 |\n"
                                            "     | ^\n"} +
                                    trailer);
    }

    TEST_CASE("the caret counts characters, not bytes") {
        CHECK(render({mistake(1, 4, "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80y")}) ==
              std::string{"web.yaml:1:4: error: too many [range]\n"
                          "   1 | \xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80y\n"
                          "     |    ^\n"} +
                  trailer);
    }

    TEST_CASE("long lines are cut around the caret") {
        const std::string line = std::string(200, 'a') + "X" + std::string(200, 'b');
        Diagnostic long_one = mistake(1, 201, line);
        long_one.width = 1000;
        CHECK(render({long_one}) == "web.yaml:1:201: error: too many [range]\n   1 | ..." +
                                        std::string(40, 'a') + "X" + std::string(59, 'b') +
                                        "...\n     | " + std::string(43, ' ') +
                                        std::string(60, '^') + "\n" + trailer);
        CHECK(render({mistake(1, 1, line)}) == "web.yaml:1:1: error: too many [range]\n   1 | " +
                                                   std::string(100, 'a') + "...\n     | ^\n" +
                                                   trailer);
        CHECK(render({mistake(1, 401, line)}) ==
              "web.yaml:1:401: error: too many [range]\n   1 | ..." + std::string(100, 'b') +
                  "\n     | " + std::string(102, ' ') + "^\n" + trailer);
    }

    TEST_CASE("the exception speaks the first message") {
        const InputErrors errors({mistake(1, 1, "x"), mistake(2, 1, "y")});
        CHECK(std::string{errors.what()} == "too many");
        CHECK(errors.diagnostics().size() == 2);
    }

    TEST_CASE("the nearest known word is found through typing mistakes") {
        const std::vector<std::string> known{"replicas", "users", "maxSurge", "rps", "ready"};
        CHECK(nearest("replcas", known) == "replicas");
        CHECK(nearest("rpelicas", known) == "replicas");
        CHECK(nearest("Replicas", known) == "replicas");
        CHECK(nearest("maxsurge", known) == "maxSurge");
        CHECK(nearest("usrs", known) == "users");
        CHECK(nearest("rsp", known) == "rps");
        CHECK(nearest("rxplixas", known) == "replicas");
        CHECK(nearest("rxplixxs", known) == "replicas");
        CHECK(nearest("rxxlixxs", known).empty());
        CHECK(nearest("banana", known).empty());
        CHECK(nearest("x", {"y"}).empty());
        CHECK(nearest("X", {"x"}) == "x");
        CHECK(nearest("", known).empty());
        CHECK(nearest(std::string(1'000'000, 'r'), known).empty());
        CHECK(nearest("replicas", {}).empty());
    }

    TEST_CASE("long words are quoted in part and never cut within a character") {
        CHECK(quote("replicas") == "'replicas'");
        CHECK(quote(std::string(40, 'a')) == "'" + std::string(40, 'a') + "'");
        CHECK(quote(repeated("\xC3\xA4", 41)) == "'" + repeated("\xC3\xA4", 40) + "...'");
    }
}

TEST_SUITE("document") {
    TEST_CASE("scalars stay text, and quotes are remembered") {
        CHECK(shown("a: 010\nb: \"010\"\nc: yes\nd: '~'\ne: 1e3\n"
                    "f: !!str 5\ng: !!int 5\nh: ! 5\n") ==
              "{a:010 b:\"010\" c:yes d:\"~\" e:1e3 f:\"5\" g:5 h:\"5\"}");
        CHECK(shown("a: |\n  x\n  y\nb: >-\n  x\n  y\n") == "{a:\"x\ny\n\" b:\"x y\"}");
        CHECK(shown("a: null\nb: ~\nc: Null\nd: NULL\ne:\nf: nULL\ng: \"\"\nh: !!str\n") ==
              "{a:~ b:~ c:~ d:~ e:~ f:nULL g:\"\" h:\"\"}");
    }

    TEST_CASE("JSON is read, with tabs and escapes") {
        CHECK(shown("{\n\t\"kind\":\"List\",\n\t\"items\": [{\"a\":1.5},[],{},null, true]\n}\n") ==
              "{\"kind\":\"List\" \"items\":[{\"a\":1.5} [] {} ~ true]}");
        CHECK(shown("{\"a\": \"\\u003cb\\/\\n\"}") == "{\"a\":\"<b/\n\"}");
    }

    TEST_CASE("a list from kubectl is read down to its fields") {
        const auto documents = parse_documents("-",
                                               "apiVersion: v1\n"
                                               "items:\n"
                                               "- apiVersion: apps/v1\n"
                                               "  kind: Deployment\n"
                                               "  metadata:\n"
                                               "    annotations: {}\n"
                                               "    name: web\n"
                                               "  spec:\n"
                                               "    replicas: 10\n"
                                               "kind: List\n");
        REQUIRE(documents.size() == 1);
        CHECK(documents[0].file == "-");
        const Node* items = documents[0].root.find("items");
        REQUIRE(items != nullptr);
        REQUIRE(items->items.size() == 1);
        const Node* spec = items->items[0].find("spec");
        REQUIRE(spec != nullptr);
        const Node* replicas = spec->find("replicas");
        REQUIRE(replicas != nullptr);
        CHECK(replicas->text == "10");
        CHECK(place_of(replicas) == "9:15+2");
        CHECK(spec->find("replica") == nullptr);
        CHECK(replicas->find("") == nullptr);
    }

    TEST_CASE("files with nothing in them have no documents") {
        for (const char* text : {"", "\n\n", "# only words\n", "---\n", "---\n---\n# x\n", "~",
                                 "--- null\n...\n", "\xEF\xBB\xBF", " "}) {
            CAPTURE(std::string{text});
            CHECK(parse_documents("web.yaml", text).empty());
        }
    }

    TEST_CASE("one file holds many documents, and empty ones are left out") {
        CHECK(shown("a: 1\n---\n# nothing\n---\nb: 2\n...\n---\n- c\n") == "{a:1} | {b:2} | [c]");
        CHECK(parse_documents("web.yaml", repeated("--- {a: 1}\n", 5000)).size() == 5000);
    }

    TEST_CASE("every value knows its place") {
        const auto documents = parse_documents("web.yaml",
                                               "top: text here\n"
                                               "empty:\n"
                                               "\xC3\xA4: \"\xE2\x82\xAC\"\n"
                                               "list:\n"
                                               "  - one\n"
                                               "  -\n"
                                               "  - ~\n"
                                               "flow: {inner: 'x', bare: }\n"
                                               "tagged: !!str &name  word\n"
                                               "block: |\n"
                                               "  text\n");
        REQUIRE(documents.size() == 1);
        const Node& root = documents[0].root;
        CHECK(place_of(&root) == "1:1+1");
        CHECK(place_of(root.find("top")) == "1:6+9");
        CHECK(place_of(root.find("empty")) == "2:1+5");
        CHECK(place_of(root.find("\xC3\xA4")) == "3:4+3");
        CHECK(place_of(&root.find("list")->items.at(0)) == "5:5+3");
        CHECK(place_of(&root.find("list")->items.at(1)) == "6:3+1");
        CHECK(place_of(&root.find("list")->items.at(2)) == "7:5+1");
        CHECK(place_of(root.find("flow")) == "8:7+1");
        CHECK(place_of(root.find("flow")->find("inner")) == "8:15+3");
        CHECK(place_of(root.find("flow")->find("bare")) == "8:20+4");
        CHECK(place_of(root.find("tagged")) == "9:22+4");
        CHECK(place_of(root.find("block")) == "10:8+1");
        CHECK(place_of(&root.entries.at(1).first) == "2:1+5");
    }

    TEST_CASE("a byte order mark and Windows line ends do not move places") {
        const auto documents = parse_documents("web.yaml",
                                               "\xEF\xBB\xBF"
                                               "a: 1\r\nb: 2\r\n");
        REQUIRE(documents.size() == 1);
        CHECK(place_of(documents[0].root.find("a")) == "1:4+1");
        CHECK(place_of(documents[0].root.find("b")) == "2:4+1");
        CHECK(documents[0].complain(*documents[0].root.find("b"), "r", "m").source_line == "b: 2");
        CHECK(documents[0].complain(*documents[0].root.find("a"), "r", "m").source_line == "a: 1");
    }

    TEST_CASE("a document complains about a value with the line it stands in") {
        const auto documents = parse_documents("web.yaml", "a: 1\nboot: fast # soon\n");
        const Node* boot = documents.at(0).root.find("boot");
        REQUIRE(boot != nullptr);
        CHECK(render({documents[0].complain(*boot, "duration", "'fast' is not a duration",
                                            "write 8s")}) ==
              std::string{"web.yaml:2:7: error: 'fast' is not a duration [duration]\n"
                          "   2 | boot: fast # soon\n"
                          "     |       ^^^^ write 8s\n"} +
                  trailer);
        Document plain = documents[0];
        plain.lines = nullptr;
        CHECK(plain.complain(*boot, "r", "m").source_line == "boot: fast # soon");
    }

    TEST_CASE("a complaint about a line of megabytes keeps only what is shown") {
        std::string text = "{a: [" + repeated("\xC3\xA4,", 200'000) + "]}";
        const auto documents = parse_documents("web.yaml", text);
        const Node& late = documents.at(0).root.find("a")->items.at(150'000);
        const Diagnostic diagnostic = documents[0].complain(late, "r", "m");
        CHECK(diagnostic.source_line.size() < 1000);
        CHECK(diagnostic.place.column == 300'006);
        const std::string shown_line = "   1 | ..." + repeated("\xC3\xA4,", 50) + "...\n";
        const std::string caret_line = "     | " + std::string(43, ' ') + "^\n";
        CHECK(render({diagnostic}) ==
              "web.yaml:1:300006: error: m [r]\n" + shown_line + caret_line + trailer);
    }

    TEST_CASE("an alias repeats what its anchor names, with the places of the original") {
        const auto documents = parse_documents(
            "web.yaml", "a: &x {k: &y v}\nb: *x\nc: [*y, *x]\n*y : 1\nx: &x 2\nz: *x\n");
        REQUIRE(documents.size() == 1);
        CHECK(shown(documents[0].root) == "{a:{k:v} b:{k:v} c:[v {k:v}] v:1 x:2 z:2}");
        CHECK(place_of(documents[0].root.find("b")->find("k")) == "1:14+1");
    }

    TEST_CASE("anchors end with their document") {
        CHECK(complaint_about("a: &x 1\n---\nb: *x\n") ==
              std::string{"web.yaml:3:4: error: no anchor named 'x' [alias]\n"
                          "   3 | b: *x\n"
                          "     |    ^^ mark a value before this one with &NAME\n"} +
                  trailer);
    }

    TEST_CASE("merge keys add what a mapping does not say itself") {
        CHECK(shown("b: &b {x: 1, y: 2}\nc: {y: 3, <<: *b}\n") == "{b:{x:1 y:2} c:{y:3 x:1}}");
        CHECK(shown("b: &b {x: 1}\nc: &c {x: 2, z: 3}\nd: {<<: [*b, *c], w: 0}\n") ==
              "{b:{x:1} c:{x:2 z:3} d:{w:0 x:1 z:3}}");
        CHECK(shown("b: &b {x: 1}\nc: &c {<<: *b, y: 2}\nd: {<<: *c}\n") ==
              "{b:{x:1} c:{y:2 x:1} d:{y:2 x:1}}");
        CHECK(shown("a: {<<: &n {x: &m 1}, y: 2}\nb: *n\nc: *m\n") == "{a:{y:2 x:1} b:{x:1} c:1}");
        CHECK(shown("a: {\"<<\": 1}\n") == "{a:{\"<<\":1}}");
        CHECK(complaint_about("a:\n  <<: 5\n") ==
              std::string{"web.yaml:2:7: error: '<<' can only merge a mapping [merge]\n"
                          "   2 |   <<: 5\n"
                          "     |       ^ write <<: *NAME or <<: [*NAME, *OTHER]\n"} +
                  trailer);
        CHECK(rule_broken_by("a: {<<: [{b: 1}, [c]]}\n") == "merge");
    }

    TEST_CASE("all duplicate keys are reported together, and a syntax error after them") {
        CHECK(complaint_about("a: 1\n\"a\": 2\nb: {c: 1, d: 2, c: 3}\na: 4\n- x\n") ==
              "web.yaml:3:17: error: key 'c' is given twice [duplicate-key]\n"
              "   3 | b: {c: 1, d: 2, c: 3}\n"
              "     |                 ^ it stands already in line 3, column 5\n"
              "web.yaml:5:1: error: this line belongs to no mapping: a key at the same indentation "
              "was expected [syntax]\n"
              "   5 | - x\n"
              "     | ^ the mapping around it starts in line 1, column 1\n"
              "2 errors in web.yaml; nothing was run\n");
        CHECK(complaint_about("a: 1\nb: 2\n\"a\": 3\n") ==
              std::string{"web.yaml:3:1: error: key 'a' is given twice [duplicate-key]\n"
                          "   3 | \"a\": 3\n"
                          "     | ^^^ it stands already in line 1, column 1\n"} +
                  trailer);
        CHECK(diagnostics_of("a: 1\na: 2\na: 3\n---\nb: 1\nb: 2\n").size() == 3);
        CHECK(diagnostics_of(repeated("a: 1\n", 50'000)).size() == most_mistakes_in_file);
    }

    TEST_CASE("common syntax errors say what to write instead") {
        struct Case {
            std::string text;
            int line;
            int column;
            std::string message;
            std::string advice;
        };
        const char* const quotes = "put text with special characters in quotes";
        const std::vector<Case> cases{
            {"a: 1\n\tb: 2\n", 2, 1, "a tab cannot indent YAML", "indent with spaces"},
            {"a:\n\t- b\n", 2, 1, "a tab cannot indent YAML", "indent with spaces"},
            {"a: >\n\tb\n", 2, 1, "a tab cannot indent YAML", "indent with spaces"},
            {"a: b: c\n", 1, 5, "a second ':' in one line",
             "put the value in quotes, or the inner key on a line of its own"},
            {"a: 1\n  b: 2\n", 2, 4, "this ':' makes a key where none can be",
             "indent the line like the key above it, or give that key no value of its own"},
            {"a: 1\nbc\nd: 2\n", 2, 1, "expected ':' after 'bc'",
             "write KEY: VALUE; a list entry starts with '- '"},
            {"- a\n-b\n", 2, 1, "a list entry needs a blank after '-'", "write - b"},
            {"x: 1\na: \"open\nb: 2\n", 2, 4, "this quote is never closed", "close it with \""},
            {"a: 'open\nb: 2\n---\n", 1, 4, "this quote is never closed", "close it with '"},
            {"a: [1, 2\nb: 3\n", 1, 4, "this '[' is never closed", "close it with ']'"},
            {"a: {x: 1\nb: 3\n", 1, 4, "this '{' is never closed", "close it with '}'"},
            {"a: [1,\n", 1, 4, "this '[' is never closed", "close it with ']'"},
            {"a:\n- {x: [1], y: [2}\n", 2, 15, "this '[' is never closed", "close it with ']'"},
            {"{\"a\": \"1\" \"b\": \"]\"}", 1, 11, "expected ',' or '}' here",
             "separate entries with ','; put text with special characters in quotes"},
            {"a:\n  b: 1\n c: 2\n", 3, 2,
             "this line belongs to no mapping: a key at the same indentation was expected",
             "the mapping around it starts in line 1, column 1"},
            {"- a\nb: 1\n", 2, 1,
             "this line belongs to no list: '- ' at the same indentation was expected",
             "the list around it starts in line 1, column 1"},
            {"a: 'x' y\n", 1, 8, "unexpected text after the value",
             "put the whole value in quotes"},
            {"a: - b\n", 1, 4, "a list cannot start here",
             "start the list on the line after its key; put text in quotes"},
            {"a: @b\n", 1, 4, "a value cannot start with '@'", "put the value in quotes"},
            {"cron: */5 * * * *\n", 1, 7, "'*' starts an alias, but no name follows",
             "put the value in quotes if it is text"},
            {"a: & b\n", 1, 4, "'&' starts an anchor, but no name follows",
             "put the value in quotes if it is text"},
            {"a: \"\\q\"\n", 1, 5, "unknown escape in double quotes",
             "write \\\\ for a backslash, or use single quotes"},
            {", a", 1, 1, "a value was expected here, not ','", quotes},
            {"{a: 1,, b: 2}", 1, 7, "a value was expected here, not ','", quotes},
            {"[1]\n[2]\n", 2, 1, "the document has ended, but more text follows",
             "indent it like the lines before, or start a new document with ---"},
            {"? [a]\n: b\n", 1, 3, "a list or mapping cannot be a key", quotes},
            {"replicas: {{ .Values.replicas }}\n", 1, 12, "a list or mapping cannot be a key",
             "if this is a Helm template, render it first with helm template"},
            {"a: !x!y z\n", 1, 4, "found undefined tag handle while parsing a node", ""},
        };
        for (const Case& one : cases) {
            CAPTURE(one.text);
            const std::vector<Diagnostic> found = diagnostics_of(one.text);
            REQUIRE(found.size() == 1);
            CHECK(found[0].rule == "syntax");
            CHECK(found[0].place.line == one.line);
            CHECK(found[0].place.column == one.column);
            CHECK(found[0].message == one.message);
            CHECK(found[0].advice == one.advice);
        }
    }

    TEST_CASE("a Helm template is recognised by its directives") {
        const std::vector<Diagnostic> found = diagnostics_of("{{- if .x }}\na: 1\n{{- end }}\n");
        REQUIRE(!found.empty());
        CHECK(found.back().advice ==
              "if this is a Helm template, render it first with helm template");
    }

    TEST_CASE("binary content and other encodings are named with their place") {
        CHECK(complaint_about("a: 1\nb: \xff\n") ==
              std::string{"web.yaml:2:4: error: this is not UTF-8 text [encoding]\n"
                          "   2 | b: ?\n"
                          "     |    ^ save the file as UTF-8, or check that it is the right "
                          "file\n"} +
                  trailer);
        const auto message = [](const std::string& text) {
            const std::vector<Diagnostic> found = diagnostics_of(text);
            return found.size() == 1 && found[0].rule == "encoding"
                       ? fmt::format("{}:{} {}", found[0].place.line, found[0].place.column,
                                     found[0].message)
                       : "?";
        };
        CHECK(message({"ab\ncd\0ef", 8}) == "2:3 a NUL byte: this is a binary file");
        CHECK(message("a: \x1b[0m") == "1:4 the control character U+001B cannot stand in YAML");
        CHECK(message({"\xFF\xFE"
                       "a\0",
                       4}) == "1:1 the file is UTF-16, not UTF-8");
        CHECK(message({"\xFE\xFF\0a", 4}) == "1:1 the file is UTF-16, not UTF-8");
        CHECK(message({"a\0:\0", 4}) == "1:1 the file is UTF-16, not UTF-8");
        CHECK(message("\xC3\xA4\xED\xA0\x80") == "1:2 this is not UTF-8 text");
        CHECK(message("\xC0\x80") == "1:1 this is not UTF-8 text");
        CHECK(message("\xF0\x9F\x98") == "1:1 this is not UTF-8 text");
        CHECK(shown("a: \xF0\x9F\x98\x80\n") == "{a:\xF0\x9F\x98\x80}");
    }

    TEST_CASE("nesting may be 100 deep and no deeper") {
        CHECK(rule_broken_by(repeated("[", 100) + repeated("]", 100)) == "none");
        CHECK(rule_broken_by(repeated("[", 101) + repeated("]", 101)) == "too-deep");
        CHECK(rule_broken_by(repeated("- ", 101)) == "too-deep");
        CHECK(complaint_about(repeated("[", 150))
                  .find("web.yaml:1:101: error: nested more than 100 levels deep [too-deep]\n") ==
              0);
        const auto twice = [](std::size_t outer, std::size_t inner) {
            return "a: &a " + repeated("[", inner) + repeated("]", inner) +
                   "\nb: " + repeated("[", outer) + "*a" + repeated("]", outer) + "\n";
        };
        CHECK(rule_broken_by(twice(49, 50)) == "none");
        CHECK(rule_broken_by(twice(50, 50)) == "too-deep");
    }

    TEST_CASE("a value inside what it repeats is refused") {
        CHECK(complaint_about("a: &a [*a, *a]\n") ==
              std::string{"web.yaml:1:8: error: 'a' contains itself [alias]\n"
                          "   1 | a: &a [*a, *a]\n"
                          "     |        ^^ an alias must stand outside of what it repeats\n"} +
                  trailer);
        CHECK(rule_broken_by("&a {x: {y: *a}}") == "alias");
    }

    TEST_CASE("aliases cannot expand to more than a million values") {
        std::string laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
        for (int level = 1; level < 10; ++level) {
            laughs += fmt::format("a{}: &a{} [{}]\n", level, level,
                                  repeated(fmt::format("*a{},", level - 1), 10));
        }
        CHECK(rule_broken_by(laughs) == "alias-bomb");
        const auto thousands = [](std::size_t aliases) {
            return "a: &a [" + repeated("x,", 999) + "]\nb: [" + repeated("*a,", aliases) + "]\n";
        };
        CHECK(rule_broken_by(thousands(998)) == "none");
        CHECK(rule_broken_by(thousands(999)) == "alias-bomb");
        const std::string long_text = "a: &a " + std::string(1U << 20U, 'x') + "\n";
        CHECK(rule_broken_by(long_text + "b: [" + repeated("*a,", 16) + "]\n") == "none");
        CHECK(rule_broken_by(long_text + "b: [" + repeated("*a,", 17) + "]\n") == "alias-bomb");
        std::string anchors;
        for (std::size_t index = 0; index <= most_anchors_in_document; ++index) {
            anchors += fmt::format("- &a{} x\n", index);
        }
        CHECK(rule_broken_by(anchors) == "alias-bomb");
    }

    TEST_CASE("a file holds at most a million values and ten thousand documents") {
        CHECK(rule_broken_by(repeated("- a\n", most_values_in_file - 1)) == "none");
        CHECK(rule_broken_by(repeated("- a\n", most_values_in_file)) == "too-big");
        CHECK(rule_broken_by(repeated("--- a\n", most_documents_in_file)) == "none");
        CHECK(rule_broken_by(repeated("--- a\n", most_documents_in_file + 1)) ==
              "too-many-documents");
    }

    TEST_CASE("a text of more than 16 MiB is refused") {
        CHECK(rule_broken_by(std::string(most_bytes_in_file, '#')) == "none");
        CHECK(complaint_about(std::string(most_bytes_in_file + 1, '#')) ==
              "error: 'web.yaml' is bigger than 16 MiB; split it, or check that it is the right "
              "file\n");
    }

    TEST_CASE("hostile files of 16 MiB are answered soon") {
        // Generous, so that sanitizers and busy machines pass; quadratic work takes minutes.
        constexpr std::chrono::seconds most_time{20};
        struct Case {
            std::string name;
            std::string text;
            std::string rule;
        };
        const std::size_t half = most_bytes_in_file / 2;
        std::string directives;
        for (int index = 0; directives.size() < half; ++index) {
            directives += fmt::format("%TAG !a{}! b\n", index);
        }
        const std::vector<Case> cases{
            {"brackets", filled("["), "too-deep"},
            {"dashes", filled("- "), "too-deep"},
            {"question marks", filled("? "), "several"},
            {"one line", filled("a"), "none"},
            {"documents", filled("---\n"), "too-many-documents"},
            {"directives", directives, "syntax"},
            {"one long gap", "a" + std::string(half, ' ') + repeated("b ", half / 2 - 1),
             "too-big"},
            {"one long break", "a: |\n" + std::string(half, '\n') + repeated(" b\n", half / 4),
             "too-big"},
            {"deep and wide", repeated("[", 99) + repeated("a,", half / 2), "too-deep"},
            {"bad aliases", filled("- *x\n"), "several"},
            {"one line of duplicates", "{" + repeated("a: 1,", 400'000) + "}", "several"},
        };
        for (const Case& one : cases) {
            CAPTURE(one.name);
            const auto start = std::chrono::steady_clock::now();
            CHECK(rule_broken_by(one.text) == one.rule);
            CHECK(std::chrono::steady_clock::now() - start < most_time);
        }
    }

    TEST_CASE("ordinary wide gaps in a big file are no attack") {
        CHECK(rule_broken_by(repeated("- a: x" + std::string(200, ' ') + "# y\n", 40'000)) ==
              "none");
    }

    TEST_CASE("files that cannot be read are named with the reason") {
        CHECK(mistake_in_file("no/such/file.yaml") ==
              "error: cannot read 'no/such/file.yaml': No such file or directory\n");
        CHECK(mistake_in_file("/") ==
              "error: cannot read '/': it is a directory; name the files in it\n");
    }

    TEST_CASE("a file is read from disk, and its size is looked at before its content") {
        const TemporaryFile file;
        std::ofstream{file.path()} << "a: 1\n";
        const auto documents = read_documents(file.path());
        REQUIRE(documents.size() == 1);
        CHECK(documents[0].file == file.path());
        CHECK(*documents[0].source == "a: 1\n");
        // A sparse file: reading all of it would take far longer than the test may.
        std::filesystem::resize_file(file.path(), std::uintmax_t{1} << 40U);
        CHECK(mistake_in_file(file.path()) ==
              fmt::format("error: '{}' is bigger than 16 MiB; split it, or check that it is the "
                          "right file\n",
                          file.path()));
    }

    TEST_CASE("a file without a stated size is read only up to the limit") {
        CHECK(mistake_in_file("/dev/zero").find("bigger than 16 MiB") != std::string::npos);
        CHECK(read_documents("/dev/null").empty());
    }

    TEST_CASE("a file without permission says so") {
        const TemporaryFile file;
        std::filesystem::permissions(file.path(), std::filesystem::perms::none);
        if (::geteuid() != 0) {
            CHECK(mistake_in_file(file.path()) ==
                  fmt::format("error: cannot read '{}': Permission denied\n", file.path()));
        }
    }
}
