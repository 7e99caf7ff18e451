#include "scenarios/settings/scenario_file.hpp"

#include "scenarios/settings/fields.hpp"
#include "scenarios/settings/scenario_keys.hpp"
#include "scenarios/settings/units.hpp"
#include "scenarios/text/field_reader.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace stratsim {

namespace {

bool is_scalar(const Node& node) {
    return node.kind == Node::Kind::scalar;
}
bool is_null(const Node& node) {
    return node.kind == Node::Kind::null;
}

class ScenarioReader {
  public:
    ScenarioReader(const Document& document, Scenario base, std::vector<Diagnostic>& mistakes)
        : read_(document, mistakes) {
        result_.scenario = std::move(base);
    }

    ScenarioFile run() {
        for (const auto& [key, value] : read_.document().root.entries) read_entry(key, value);
        const std::string& name = result_.workload_name.empty() ? name_ : result_.workload_name;
        if (!name.empty()) result_.scenario.name = name;
        Scenario& scenario = result_.scenario;
        scenario.from = place_text(read_.document().file, read_.document().root.line);
        return std::move(result_);
    }

  private:
    void read_entry(const Node& key, const Node& value) {
        const std::string& word = key.text;
        // An old or future version would mean something else by the same words.
        if (word == "apiVersion") return read_version(value);
        if (word == "kind" || word == "description") return;
        if (word == "metadata") return read_metadata(value);
        if (word == "name") return read_text(key, value, name_);
        if (word == "manifests") return read_manifests(key, value);
        if (word == "from") return read_words(key, value, result_.from);
        if (word == "to") return read_words(key, value, result_.to);
        if (word == "strategy") return read_strategy(key, value);
        if (word == "workload" && is_scalar(value)) return read_workload(value);
        if (word == "new") return read_new(key, value);
        if (word == "expect") return read_expectations(value);
        const bool is_section = scenario_sections().contains(word);
        const bool is_word = find_field(word) != nullptr;
        if (is_section && !(is_word && is_scalar(value))) return read_section(key, value);
        if (is_word) return read_setting(key, value);
        complain_unknown(key, "", top_level_words());
    }

    void read_version(const Node& value) {
        if (is_scalar(value) && value.text == "stratsim/v1") return;
        read_.complain(value, "version", "the apiVersion of a scenario must be stratsim/v1",
                       "write apiVersion: stratsim/v1, or leave it out");
    }

    void read_metadata(const Node& value) {
        if (is_null(value)) return;
        if (value.kind != Node::Kind::mapping) {
            return read_.complain(value, "type", "'metadata' must be a mapping",
                                  "write metadata: {name: ...}");
        }
        for (const auto& [key, inner] : value.entries) {
            if (key.text == "name") {
                read_text(key, inner, name_);
            } else if (key.text != "namespace" && key.text != "labels" &&
                       key.text != "annotations") {
                complain_unknown(key, "metadata", {"name", "labels", "annotations"});
            }
        }
    }

    void read_text(const Node& key, const Node& value, std::string& text) {
        if (!is_scalar(value) || value.text.empty()) {
            return read_.complain(value, "type", fmt::format("'{}' must be a text", key.text),
                                  fmt::format("write {}: web", key.text));
        }
        text = value.text;
    }

    void read_workload(const Node& value) {
        result_.workload = value.text;
        result_.workload_node = &value;
    }

    void read_words(const Node& key, const Node& value, NamedWords& named) {
        named.node = &value;
        const auto add = [&](const Node& item) {
            if (is_scalar(item) && !item.text.empty()) return named.words.push_back(item.text);
            read_.complain(
                item, "type",
                fmt::format("'{}' must name files, directories or a git revision", key.text),
                fmt::format("write {}: {}", key.text,
                            key.text == "from" ? "origin/main" : "web.yaml"));
        };
        if (value.kind != Node::Kind::sequence) return add(value);
        for (const Node& item : value.items) add(item);
    }

    void read_manifests(const Node& key, const Node& value) {
        const bool is_list = value.kind == Node::Kind::sequence;
        const auto add = [&](const Node& item) {
            if (!is_scalar(item) || item.text.empty()) {
                return read_.complain(item, "type",
                                      fmt::format("'{}' must name files or directories", key.text),
                                      "write manifests: [web.yaml]");
            }
            result_.manifests.push_back({beside_document(item.text), &item});
        };
        if (!is_list) return add(value);
        for (const Node& item : value.items) add(item);
    }

    /// Relative to the scenario's own directory; what comes from standard input has none.
    std::string beside_document(const std::string& path) const {
        const std::string& file = read_.document().file;
        if (file == "-" || file.empty()) return path;
        return (std::filesystem::path(file).parent_path() / path).lexically_normal().string();
    }

    void read_strategy(const Node& key, const Node& value) {
        std::vector<std::string> names = strategy_names();
        names.emplace_back("none");
        if (!is_scalar(value) || std::ranges::find(names, value.text) == names.end()) {
            const std::string meant = is_scalar(value) ? nearest(value.text, names) : "";
            const std::string wrong = is_scalar(value)
                                          ? fmt::format("{} is no strategy", quote(value.text))
                                          : std::string("'strategy' must be the name of one");
            return read_.complain(value, "strategy", wrong,
                                  (meant.empty() ? "" : fmt::format("did you mean '{}'? ", meant)) +
                                      fmt::format("there are {}", fmt::join(names, ", ")));
        }
        if (is_repeated("strategy", key) || !result_.scenario.strategy.empty()) return;
        result_.scenario.strategy = value.text;
        note_origin("strategy", value);
    }

    void read_section(const Node& key, const Node& value) {
        if (is_null(value)) return;
        const std::vector<std::string>& words = scenario_sections().at(key.text);
        if (value.kind != Node::Kind::mapping) {
            return read_.complain(value, "type", fmt::format("'{}' must be a mapping", key.text),
                                  words.empty()
                                      ? fmt::format("leave {} out", key.text)
                                      : fmt::format("write in it {}", fmt::join(words, ", ")));
        }
        for (const auto& [inner_key, inner] : value.entries) {
            if (key.text == "workload" && inner_key.text == "name") {
                read_text(inner_key, inner, result_.workload_name);
                result_.workload_node = &inner;
            } else if (std::ranges::find(words, inner_key.text) != words.end()) {
                read_setting(inner_key, inner);
            } else {
                complain_unknown(inner_key, key.text, words);
            }
        }
    }

    void read_new(const Node& key, const Node& value) {
        if (value.kind != Node::Kind::mapping) return read_setting(key, value);
        std::string text;
        for (const auto& [inner_key, inner] : value.entries) {
            if (inner_key.text == "undo-after") {
                read_setting(inner_key, inner);
                continue;
            }
            const std::array known{"errors", "ready", "boot", "service-time"};
            if (std::ranges::find(known, inner_key.text) == known.end()) {
                complain_unknown(inner_key, "new",
                                 {"errors", "ready", "boot", "service-time", "undo-after"});
                continue;
            }
            const std::string part = inner_key.text + "=" + inner.text;
            if (is_scalar(inner) && accepts("new", part, inner)) {
                text += (text.empty() ? "" : ",") + part;
            } else if (!is_scalar(inner)) {
                complain_type(inner_key, inner);
            }
        }
        if (!text.empty()) set("new", text, key, value);
    }

    /// A list of texts, or of mappings; `requests.failed.p95: <= 1` says the same.
    void read_expectations(const Node& value) {
        if (is_null(value)) return;
        if (is_scalar(value)) return read_expectation(value.text, value);
        if (value.kind == Node::Kind::mapping) return read_expected(value);
        for (const Node& item : value.items) {
            if (is_scalar(item)) {
                read_expectation(item.text, item);
            } else if (item.kind == Node::Kind::mapping) {
                read_expected(item);
            } else {
                read_.complain(item, "type", "an expectation must be a text or a mapping",
                               "write - requests.failed.p95 <= 1");
            }
        }
    }

    /// `{path: requests.failed, statistic: p95, op: <=, limit: 1}`, or path and the rest.
    void read_expected(const Node& mapping) {
        const Node* path = mapping.find("path");
        for (const auto& [key, inner] : mapping.entries) {
            if (path == nullptr) {
                if (!is_scalar(inner)) return complain_type(key, inner);
                read_expectation(key.text + " " + inner.text, inner);
                continue;
            }
            const std::vector<std::string> known{"path", "statistic", "op", "limit"};
            if (std::ranges::find(known, key.text) == known.end())
                return complain_unknown(key, "expect", known);
            if (!is_scalar(inner)) return complain_type(key, inner);
        }
        if (path == nullptr) return;
        const auto text = [&](std::string_view key, std::string otherwise) {
            const Node* node = mapping.find(key);
            return node == nullptr ? std::move(otherwise) : node->text;
        };
        const std::string statistic = text("statistic", "");
        read_expectation(fmt::format("{}{}{} {} {}", path->text, statistic.empty() ? "" : ".",
                                     statistic, text("op", "<="), text("limit", "")),
                         *path);
    }

    void read_expectation(const std::string& text, const Node& at) {
        try {
            Expectation expectation = parse_expectation(text);
            expectation.place = {read_.document().file, at.line, at.column};
            result_.scenario.expectations.push_back(std::move(expectation));
        } catch (const BadValue& bad) {
            read_.complain(at, bad.rule(), bad.what(), bad.advice());
        }
    }

    void read_setting(const Node& key, const Node& value) {
        if (is_scalar(value)) return set(key.text, value.text, key, value);
        const bool is_list = value.kind == Node::Kind::sequence && !value.items.empty() &&
                             std::ranges::all_of(value.items, is_scalar);
        if (key.text != "steps" || !is_list) return complain_type(key, value);
        std::string text;
        for (const Node& item : value.items) text += (text.empty() ? "" : ",") + item.text;
        set(key.text, text, key, value);
    }

    void set(const std::string& word, const std::string& written, const Node& key,
             const Node& value) {
        const std::string text = find_field(word)->is_path ? beside(written) : written;
        if (is_repeated(word, key) || !accepts(word, text, value) || is_outweighed(word)) return;
        find_field(word)->set(result_.scenario, text);
        note_origin(word, value);
    }

    /// A path as seen from the scenario's file.
    std::string beside(const std::string& path) const {
        const std::filesystem::path file(read_.document().file);
        return read_.document().file == "-" ? path : (file.parent_path() / path).string();
    }

    /// Whether a flag has said this already, or its alternative.
    bool is_outweighed(const std::string& word) const {
        const auto by_flag = [&](std::string_view other) {
            const auto origin = result_.scenario.origins.find(other);
            return origin != result_.scenario.origins.end() &&
                   origin->second.kind > SourceKind::file;
        };
        return by_flag(word) || (word == "rate" && by_flag("load")) ||
               (word == "load" && by_flag("rate"));
    }

    bool accepts(const std::string& word, const std::string& text, const Node& value) {
        try {
            Scenario trial;
            find_field(word)->set(trial, text);
            return true;
        } catch (const BadValue& bad) {
            read_.complain(value, bad.rule(), bad.what(), advice_for(value, text, bad));
            return false;
        }
    }

    /// In a flow mapping a comma ends the value, which surprises whoever writes
    /// lognormal(8s,p99=40s).
    static std::string advice_for(const Node& value, const std::string& text, const BadValue& bad) {
        const bool is_cut = !value.quoted && text.find('(') != std::string::npos &&
                            text.find(')') == std::string::npos;
        return is_cut ? "put it in quotes, or the comma ends it" : bad.advice();
    }

    bool is_repeated(const std::string& word, const Node& key) {
        const auto [first, is_new] = seen_.try_emplace(word, key.line);
        if (is_new) return false;
        read_.complain(key, "duplicate-key", fmt::format("'{}' is given twice", word),
                       fmt::format("it already stands in line {}", first->second));
        return true;
    }

    void note_origin(const std::string& word, const Node& value) {
        result_.scenario.origins[word] = origin_of(SourceKind::file, read_.document(), value);
    }

    void complain_type(const Node& key, const Node& value) {
        const Field* field = find_field(key.text);
        const std::string form = field == nullptr ? std::string("a single value") : field->form;
        read_.complain(value, "type",
                       is_null(value) ? fmt::format("'{}' has no value", key.text)
                                      : fmt::format("'{}' must be a single value", key.text),
                       "write " + form);
    }

    void complain_unknown(const Node& key, const std::string& section,
                          const std::vector<std::string>& known) {
        const std::string message =
            section.empty() ? fmt::format("unknown key {}", quote(key.text))
                            : fmt::format("unknown key {} in {}", quote(key.text), section);
        read_.complain(key, "unknown-key", message, advice_for_unknown_key(key, section, known));
    }

    FieldReader read_;
    ScenarioFile result_;
    std::string name_;
    std::map<std::string, int> seen_;  ///< words and their lines
};

}  // namespace

ScenarioFile read_scenario(const Document& document, Scenario base,
                           std::vector<Diagnostic>& mistakes) {
    return ScenarioReader(document, std::move(base), mistakes).run();
}

}  // namespace stratsim
