// Files become documents, documents become objects and scenarios, and every scenario is about the
// workloads of the manifests it names and of those on the command line. Nothing is thrown before
// all files were looked at, so that one run shows every mistake.
#include "scenarios/inputs.hpp"

#include "scenarios/document.hpp"
#include "scenarios/fields.hpp"
#include "scenarios/manifest.hpp"
#include "scenarios/objects.hpp"
#include "scenarios/scenario_file.hpp"
#include "scenarios/selector.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace stratsim {

namespace fs = std::filesystem;

namespace {

/// A file to read; one that was found in a directory may hold things that are none of our business.
struct Found {
    std::string path;
    bool in_directory = false;
};

/// A workload with all that is known of it, and what its manifest calls it.
struct Entry {
    Scenario scenario;
    WorkloadKind kind = WorkloadKind::deployment;
};

bool is_manifest_name(const fs::path& path) {
    constexpr std::array<std::string_view, 3> endings{".yaml", ".yml", ".json"};
    return std::ranges::find(endings, path.extension().string()) != endings.end();
}

template <class Walk>
std::vector<Found> files_in(const std::string& directory) {
    std::vector<Found> found;
    std::error_code error;
    Walk walk(directory, error);
    for (; !error && walk != Walk(); walk.increment(error)) {
        const bool is_hidden = walk->path().filename().string().starts_with('.');
        if constexpr (requires { walk.disable_recursion_pending(); }) {
            if (is_hidden) walk.disable_recursion_pending();
        }
        std::error_code unreadable;
        if (!is_hidden && is_manifest_name(walk->path()) && walk->is_regular_file(unreadable)) {
            found.push_back({walk->path().string(), true});
        }
    }
    std::ranges::sort(found, {}, &Found::path);
    return found;
}

/// The node that begins at a place, or null.
const Node* node_at(const Node& node, int line, int column) {
    if (node.kind == Node::Kind::scalar || node.kind == Node::Kind::null) {
        return node.line == line && node.column == column ? &node : nullptr;
    }
    for (const Node& item : node.items) {
        if (const Node* found = node_at(item, line, column)) return found;
    }
    for (const auto& [key, value] : node.entries) {
        for (const Node* child : {&key, &value}) {
            if (const Node* found = node_at(*child, line, column)) return found;
        }
    }
    return node.line == line && node.column == column ? &node : nullptr;
}

/// Whether a complaint holds although other mistakes were found: a setting that could not be read
/// may be the reason of a contradiction, but not of a value that is out of range.
bool is_sure(const Complaint& complaint, const Scenario& scenario) {
    return complaint.rule == "range" && scenario.given(complaint.word);
}

class InputReader {
  public:
    explicit InputReader(const InputRequest& request) : request_(request) {}

    Inputs run() {
        inputs_.any_file = !request_.files.empty();
        if (inputs_.any_file) {
            read_command_line();
        } else {
            entries_.push_back({request_.base, request_.base.kind});
        }
        select();
        validate_all();
        if (!mistakes_.empty()) throw InputErrors(distinct(std::move(mistakes_)));
        for (Entry& entry : entries_) inputs_.workloads.push_back(std::move(entry.scenario));
        return std::move(inputs_);
    }

  private:
    void read_command_line() {
        std::vector<Object> objects;
        std::vector<Object> scenarios;
        for (const std::string& file : request_.files) {
            for (Object& object : objects_in(file, nullptr, nullptr)) {
                (object.kind == "Scenario" ? scenarios : objects).push_back(std::move(object));
            }
        }
        if (scenarios.empty()) return add_workloads(objects, request_.base);
        for (const Object& scenario : scenarios) read_scenario_object(scenario, objects);
    }

    void read_scenario_object(const Object& object, std::vector<Object> objects) {
        const Document* document = object.document;
        if (object.node != &document->root) {  // an item of a list
            documents_.push_back(*document);
            documents_.back().root = *object.node;
            document = &documents_.back();
        }
        const ScenarioFile file = read_scenario(*document, request_.base, mistakes_);
        // Whatever the scenario names anew is not described twice.
        std::set<const Node*> known;
        for (const Object& other : objects) known.insert(other.node);
        for (const NamedFile& named : file.manifests) {
            for (Object& other : objects_in(named.path, document, named.node)) {
                const bool is_new = known.insert(other.node).second;
                if (is_new && other.kind != "Scenario") objects.push_back(std::move(other));
            }
        }
        if (objects.empty() && file.manifests.empty()) {
            if (!file.workload.empty()) {
                mistakes_.push_back(document->complain(
                    *file.workload_node, "workload",
                    fmt::format("no manifest describes {}", quote(file.workload)),
                    "name one: manifests: [web.yaml]"));
            }
            entries_.push_back({file.scenario, file.scenario.kind});
            return;
        }
        const std::size_t first = entries_.size();
        add_workloads(objects, file.scenario);
        const std::string& wanted = file.workload.empty() ? file.workload_name : file.workload;
        if (!wanted.empty()) keep_only(wanted, first, document, file.workload_node);
    }

    void add_workloads(const std::vector<Object>& objects, const Scenario& scenario) {
        Manifests manifests = read_manifests(objects, mistakes_);
        for (const Workload& workload : manifests.workloads) {
            entries_.push_back({scenario, workload.kind});
            fill_in(entries_.back().scenario, workload);
        }
        for (std::string& remark : manifests.remarks) add_remark(std::move(remark));
    }

    void add_remark(std::string remark) {
        const auto& known = inputs_.remarks;
        if (std::ranges::find(known, remark) == known.end()) {
            inputs_.remarks.push_back(std::move(remark));
        }
    }

    /// The objects of a file or directory; `by` and `at` say where a scenario names it.
    std::vector<Object> objects_in(const std::string& path, const Document* by, const Node* at) {
        std::vector<Object> objects;
        for (const Found& file : find_files(path, by, at)) {
            for (Object& object : objects_of_file(file, by, at)) {
                objects.push_back(std::move(object));
            }
        }
        return objects;
    }

    std::vector<Found> find_files(const std::string& path, const Document* by, const Node* at) {
        std::error_code error;
        if (path == "-" || !fs::is_directory(path, error)) return {{path, false}};
        std::vector<Found> found = request_.recursive
                                       ? files_in<fs::recursive_directory_iterator>(path)
                                       : files_in<fs::directory_iterator>(path);
        if (found.empty()) {
            note_about_file(without_place("file", fmt::format("no manifest in {}", quote(path)),
                                          request_.recursive
                                              ? "name one with *.yaml, *.yml or *.json files"
                                              : "name one with *.yaml, *.yml or *.json files, or "
                                                "add -R to look further down"),
                            by, at);
        }
        return found;
    }

    /// A complaint about a whole file stands where the file is named, if that is in a file.
    void note_about_file(Diagnostic mistake, const Document* by, const Node* at) {
        if (by != nullptr && at != nullptr && mistake.place.line == 0) {
            mistake = by->complain(*at, mistake.rule, mistake.message, mistake.advice);
        }
        mistakes_.push_back(std::move(mistake));
    }

    /// Each file is read once, however often and by whatever name it is asked for.
    std::vector<Object> objects_of_file(const Found& file, const Document* by, const Node* at) {
        std::error_code error;
        const fs::path real = file.path == "-" ? fs::path("-") : fs::canonical(file.path, error);
        const std::string key = error ? file.path : real.string();
        if (by == nullptr && !on_command_line_.insert(key).second) return {};
        const auto known = read_already_.find(key);
        if (known != read_already_.end()) return known->second;
        std::vector<Object>& objects = read_already_[key];
        try {
            std::vector<Document> documents = read_documents(file.path);
            if (documents.empty()) add_remark(fmt::format("{} is empty", shown(file.path)));
            for (Document& document : documents) {
                documents_.push_back(std::move(document));
                for (Object& object : objects_of(documents_.back(), mistakes_)) {
                    if (is_ours(object, file)) objects.push_back(std::move(object));
                }
            }
        } catch (const InputErrors& errors) {
            for (const Diagnostic& mistake : errors.diagnostics()) note_about_file(mistake, by, at);
        }
        return objects;
    }

    static std::string shown(const std::string& file) { return file == "-" ? "<stdin>" : file; }

    /// Without a kind it is a mistake in a file that was named, and another program's file in a
    /// directory.
    bool is_ours(const Object& object, const Found& file) {
        if (!object.kind.empty() || file.in_directory) return true;
        mistakes_.push_back(object.document->complain(
            *object.node, "kind", "without a kind this is no Kubernetes object and no scenario",
            "write kind: Deployment, or kind: Scenario"));
        return false;
    }

    void select() {
        if (request_.workload.empty()) return;
        if (inputs_.any_file) return keep_only(request_.workload, 0, nullptr, nullptr);
        mistakes_.push_back(without_place(
            "workload", fmt::format("--workload {} has no file to look in", request_.workload),
            "write -f FILE as well"));
    }

    /// Keeps the entries from `first` on that are meant.
    void keep_only(const std::string& wanted, std::size_t first, const Document* by,
                   const Node* at) {
        const Selector selector = parse_selector(wanted);
        std::vector<Entry> kept(entries_.begin(),
                                entries_.begin() + static_cast<std::ptrdiff_t>(first));
        std::vector<std::string> names;
        for (std::size_t i = first; i < entries_.size(); ++i) {
            Entry& entry = entries_[i];
            names.push_back(full_name(entry.kind, entry.scenario.name));
            if (selector.matches(entry.kind, entry.scenario.name)) kept.push_back(std::move(entry));
        }
        // What could not be read may be what was meant.
        if (kept.size() == first && mistakes_.empty()) {
            const std::string message =
                by != nullptr ? fmt::format("no workload is called {}", quote(wanted))
                              : fmt::format("--workload {} matches no workload", wanted);
            note_about_file(
                without_place("workload", message, advice_for_selector(selector, names)), by, at);
        }
        entries_ = std::move(kept);
    }

    void validate_all() {
        const bool all_was_read = mistakes_.empty();
        for (const Entry& entry : entries_) {
            for (const Complaint& complaint : validate(entry.scenario)) {
                if (!all_was_read && !is_sure(complaint, entry.scenario)) continue;
                mistakes_.push_back(placed(complaint, entry.scenario));
            }
        }
    }

    /// What is missing has no place of its own; then the strategy that misses it has.
    Diagnostic placed(const Complaint& complaint, const Scenario& scenario) const {
        auto origin = scenario.origins.find(complaint.word);
        if (origin == scenario.origins.end()) origin = scenario.origins.find("strategy");
        if (origin != scenario.origins.end() && origin->second.line > 0) {
            const auto& [kind, file, line, column] = origin->second;
            for (const Document& document : documents_) {
                if (document.file != file) continue;
                if (const Node* node = node_at(document.root, line, column)) {
                    return document.complain(*node, complaint.rule, complaint.message,
                                             complaint.advice);
                }
            }
        }
        return without_place(complaint.rule, complaint.message, complaint.advice);
    }

    /// A manifest that two scenarios share is read for each of them.
    static std::vector<Diagnostic> distinct(std::vector<Diagnostic> all) {
        std::set<std::tuple<std::string, int, int, std::string>> known;
        std::vector<Diagnostic> result;
        for (Diagnostic& mistake : all) {
            const auto& [file, line, column] = mistake.place;
            if (known.emplace(file, line, column, mistake.message).second) {
                result.push_back(std::move(mistake));
            }
        }
        return result;
    }

    const InputRequest& request_;
    Inputs inputs_;
    std::deque<Document> documents_;  ///< objects point into them
    std::map<std::string, std::vector<Object>> read_already_;
    std::set<std::string> on_command_line_;
    std::vector<Entry> entries_;
    std::vector<Diagnostic> mistakes_;
};

}  // namespace

Inputs read_inputs(const InputRequest& request) {
    return InputReader(request).run();
}

}  // namespace stratsim
