// Files become documents, documents become objects and scenarios, and every scenario is about the
// workloads of the manifests it names and of those on the command line. Nothing is thrown before
// all files were looked at, so that one run shows every mistake.
#include "scenarios/manifests/inputs.hpp"

#include "scenarios/manifests/apply.hpp"
#include "scenarios/manifests/manifest.hpp"
#include "scenarios/manifests/objects.hpp"
#include "scenarios/manifests/selector.hpp"
#include "scenarios/manifests/sides.hpp"
#include "scenarios/manifests/sources.hpp"
#include "scenarios/settings/scenario_file.hpp"
#include "scenarios/settings/validate.hpp"
#include "scenarios/text/document.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace stratsim {

namespace fs = std::filesystem;

namespace {

/// A workload with all that is known of it, and what its manifest calls it.
struct Entry {
    Scenario scenario;
    WorkloadKind kind = WorkloadKind::deployment;
    Releases releases{};
};

bool is_scenario(const Object& object) {
    return object.kind == "Scenario";
}

/// Whether a file can be told to hold a scenario. What cannot be read is complained of later.
bool holds_scenario(const std::string& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return false;
    try {
        return std::ranges::any_of(read_documents(path), [](const Document& document) {
            const Node* kind = document.root.find("kind");
            return kind != nullptr && kind->text == "Scenario";
        });
    } catch (const InputErrors&) {
        return false;
    }
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
    explicit InputReader(const InputRequest& request)
        : request_(request), sources_(request.recursive, mistakes_) {}

    Inputs run() {
        inputs_.any_file =
            !request_.files.empty() || !request_.from.empty() || !request_.to.empty();
        if (inputs_.any_file) {
            read_command_line();
        } else {
            add_by_flags(request_.base, {});
        }
        select();
        validate_all();
        if (!mistakes_.empty()) throw InputErrors(distinct(std::move(mistakes_)));
        for (Entry& entry : entries_) {
            inputs_.workloads.push_back(std::move(entry.scenario));
            inputs_.releases.push_back(std::move(entry.releases));
        }
        for (const std::string& remark : sources_.remarks()) add_remark(remark);
        return std::move(inputs_);
    }

  private:
    void read_command_line() {
        const bool two_versions = !request_.from.empty() || !request_.to.empty();
        std::vector<Source> files;
        for (const std::string& file : request_.files) {
            if (two_versions && !holds_scenario(file)) {
                paths_.push_back(file);
            } else {
                files.push_back({file});
            }
        }
        std::vector<Object> objects;
        std::vector<Object> scenarios;
        for (Object& object : sources_.objects(files)) {
            (is_scenario(object) ? scenarios : objects).push_back(std::move(object));
        }
        const SideWords from{.words = request_.from};
        const SideWords to{.words = request_.to};
        if (!scenarios.empty()) {
            for (const Object& scenario : scenarios)
                read_scenario_object(scenario, objects, from, to);
        } else if (two_versions) {
            add_update(request_.base, from, to, paths_);
        } else {
            add_workloads(objects, request_.base);
        }
    }

    void read_scenario_object(const Object& object, std::vector<Object> objects, SideWords from,
                              SideWords to) {
        const bool is_item = object.node != &object.document->root;  // of a list
        const Document* document =
            is_item ? &sources_.part_of(*object.document, *object.node) : object.document;
        const ScenarioFile file = read_scenario(*document, request_.base, mistakes_);
        const std::size_t first = entries_.size();
        const bool flags_say = !from.words.empty() || !to.words.empty();
        if (!flags_say) {
            from = words_of(file.from, document);
            to = words_of(file.to, document);
        }
        if (!from.words.empty() || !to.words.empty()) {
            std::vector<std::string> paths = paths_;
            for (const NamedFile& named : file.manifests) paths.push_back(named.path);
            add_update(file.scenario, from, to, paths);
        } else if (!add_described(file, document, std::move(objects))) {
            return;
        }
        const std::string& wanted = file.workload.empty() ? file.workload_name : file.workload;
        if (!wanted.empty()) keep_only(wanted, first, {document, file.workload_node});
    }

    /// The words of a scenario's key, and where they stand.
    static SideWords words_of(const NamedWords& named, const Document* document) {
        const std::string directory =
            document->file == "-" ? "" : fs::path(document->file).parent_path().string();
        return {named.words, {document, named.node}, directory};
    }

    /// The workloads that a scenario is about; false if it describes its own.
    bool add_described(const ScenarioFile& file, const Document* document,
                       std::vector<Object> objects) {
        // Whatever the scenario names anew is not described twice.
        std::set<const Node*> known;
        for (const Object& other : objects) known.insert(other.node);
        for (const NamedFile& named : file.manifests) {
            for (Object& other : sources_.objects({named.path}, {document, named.node})) {
                const bool is_new = known.insert(other.node).second;
                if (is_new && !is_scenario(other)) objects.push_back(std::move(other));
            }
        }
        if (!objects.empty() || !file.manifests.empty()) {
            add_workloads(objects, file.scenario);
            return true;
        }
        if (!file.workload.empty()) {
            mistakes_.push_back(
                document->complain(*file.workload_node, "workload",
                                   fmt::format("no manifest describes {}", quote(file.workload)),
                                   "name one: manifests: [web.yaml]"));
        }
        add_by_flags(file.scenario, {document, nullptr});
        return false;
    }

    /// A workload that no manifest describes.
    void add_by_flags(Scenario scenario, const NamedAt& at) {
        add_later(scenario, later_files(scenario, at));
        const WorkloadKind kind = scenario.kind;
        entries_.push_back({std::move(scenario), kind});
    }

    /// The files that actions apply; relative to the scenario file that says so.
    LaterFiles later_files(const Scenario& scenario, const NamedAt& at) {
        LaterFiles files;
        if (!scenario.actions) return files;
        const auto origin = scenario.origins.find("actions");
        const bool by_file = origin != scenario.origins.end() &&
                             origin->second.kind == SourceKind::file && origin->second.file != "-";
        for (const std::string& file : scenario.actions->files()) {
            const fs::path path =
                by_file ? fs::path(origin->second.file).parent_path() / file : fs::path(file);
            std::vector<Object> objects = sources_.objects({path.lexically_normal().string()}, at);
            std::erase_if(objects, is_scenario);
            files[file] = read_manifests(objects, mistakes_);
        }
        return files;
    }

    void add_workloads(const std::vector<Object>& objects, const Scenario& scenario) {
        const Manifests manifests = read_manifests(objects, mistakes_);
        for (Scenario& release : releases_of(manifests, scenario, later_files(scenario, {}))) {
            const WorkloadKind kind = kind_in(manifests, release);
            entries_.push_back({std::move(release), kind});
        }
        for (const std::string& remark : manifests.remarks) add_remark(remark);
    }

    /// What the manifest says, whatever a flag makes of it.
    static WorkloadKind kind_in(const Manifests& manifests, const Scenario& scenario) {
        const auto workload = std::ranges::find_if(manifests.workloads, [&](const Workload& w) {
            return w.from == scenario.from && w.name == scenario.name;
        });
        return workload == manifests.workloads.end() ? scenario.kind : workload->kind;
    }

    void add_update(const Scenario& scenario, const SideWords& from, const SideWords& to,
                    const std::vector<std::string>& paths) {
        inputs_.is_update = true;
        const Sides sides = sides_of(from, to, paths, sources_);
        const std::size_t mistakes = mistakes_.size();
        const std::vector<Object> before = manifests_in(sides.from, from.at);
        const std::vector<Object> after = manifests_in(sides.to, to.at);
        const Manifests old = read_manifests(before, mistakes_);
        const Manifests fresh = read_manifests(after, mistakes_);
        if (mistakes_.size() != mistakes) return;
        Applied applied =
            apply_over({before, old}, {after, fresh}, scenario, later_files(scenario, {}));
        for (const Refusal& refusal : applied.refused) {
            mistakes_.push_back(placed(refusal.at, "immutable", refusal.message, refusal.advice));
        }
        for (std::size_t i = 0; i < applied.workloads.size(); ++i) {
            const WorkloadKind kind = kind_in(fresh, applied.workloads[i]);
            entries_.push_back(
                {std::move(applied.workloads[i]), kind, std::move(applied.releases[i])});
        }
        for (const std::string& remark : applied.remarks) add_remark(remark);
        for (const std::string& remark : fresh.remarks) add_remark(remark);
        count_texts(before, after);
    }

    std::vector<Object> manifests_in(const std::vector<Source>& sources, const NamedAt& at) {
        std::vector<Object> objects = sources_.objects(sources, at);
        std::erase_if(objects, is_scenario);
        return objects;
    }

    /// Files of the new version whose text no file of the old one has.
    void count_texts(const std::vector<Object>& before, const std::vector<Object>& after) {
        std::set<std::string> known;
        for (const Object& object : before) known.insert(*object.document->source);
        std::set<std::string> differ;
        for (const Object& object : after) {
            if (!known.contains(*object.document->source)) differ.insert(object.document->file);
        }
        inputs_.files_that_differ = differ.size();
    }

    void add_remark(std::string remark) {
        const auto& known = inputs_.remarks;
        if (std::ranges::find(known, remark) == known.end()) {
            inputs_.remarks.push_back(std::move(remark));
        }
    }

    void select() {
        if (request_.workload.empty()) return;
        if (inputs_.any_file) return keep_only(request_.workload, 0, {});
        mistakes_.push_back(without_place(
            "workload", fmt::format("--workload {} has no file to look in", request_.workload),
            "write -f FILE as well"));
    }

    /// Keeps the entries from `first` on that are meant.
    void keep_only(const std::string& wanted, std::size_t first, const NamedAt& at) {
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
                at.document != nullptr ? fmt::format("no workload is called {}", quote(wanted))
                                       : fmt::format("--workload {} matches no workload", wanted);
            sources_.note(without_place("workload", message, advice_for_selector(selector, names)),
                          at);
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
        const Origin at = origin == scenario.origins.end() ? Origin{} : origin->second;
        return placed({at.file, at.line, at.column}, complaint.rule, complaint.message,
                      complaint.advice);
    }

    Diagnostic placed(const Place& at, const std::string& rule, const std::string& message,
                      const std::string& advice) const {
        for (const Document& document : sources_.documents()) {
            if (at.line == 0 || document.file != at.file) continue;
            if (const Node* node = node_at(document.root, at.line, at.column))
                return document.complain(*node, rule, message, advice);
        }
        return without_place(rule, message, advice);
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
    std::vector<Diagnostic> mistakes_;
    SourceReader sources_;
    std::vector<std::string> paths_;  ///< of the command line, for two versions
    std::vector<Entry> entries_;
};

}  // namespace

Inputs read_inputs(const InputRequest& request) {
    return InputReader(request).run();
}

}  // namespace stratsim
