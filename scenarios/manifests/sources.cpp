#include "scenarios/manifests/sources.hpp"

#include "scenarios/text/diagnostic.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <functional>
#include <string_view>

namespace stratsim {

namespace fs = std::filesystem;

/// A file to read; one that was found in a directory may hold things that are none of our business.
struct SourceReader::Found {
    std::string name;  ///< as diagnostics call it
    std::string key;   ///< the same for the same file, by whatever name
    bool in_directory = false;
    std::function<std::vector<Document>()> read;
};

namespace {

bool is_manifest_name(const fs::path& path) {
    constexpr std::array<std::string_view, 3> endings{".yaml", ".yml", ".json"};
    return std::ranges::find(endings, path.extension().string()) != endings.end();
}

bool is_hidden(const fs::path& path) {
    return std::ranges::any_of(path, [](const fs::path& part) {
        const std::string text = part.string();
        return text.starts_with('.') && text != "." && text != "..";
    });
}

template <class Walk>
std::vector<std::string> files_in(const std::string& directory) {
    std::vector<std::string> found;
    std::error_code error;
    Walk walk(directory, error);
    for (; !error && walk != Walk(); walk.increment(error)) {
        const bool hidden = walk->path().filename().string().starts_with('.');
        if constexpr (requires { walk.disable_recursion_pending(); }) {
            if (hidden) walk.disable_recursion_pending();
        }
        std::error_code unreadable;
        if (!hidden && is_manifest_name(walk->path()) && walk->is_regular_file(unreadable)) {
            found.push_back(walk->path().string());
        }
    }
    std::ranges::sort(found);
    return found;
}

Diagnostic nothing_in(const std::string& directory, bool recursive) {
    return without_place("file", fmt::format("no manifest in {}", quote(directory)),
                         recursive ? "name one with *.yaml, *.yml or *.json files"
                                   : "name one with *.yaml, *.yml or *.json files, or "
                                     "add -R to look further down");
}

}  // namespace

std::vector<Object> SourceReader::objects(const Source& source, const NamedAt& at) {
    return objects(std::vector{source}, at);
}

std::vector<Object> SourceReader::objects(const std::vector<Source>& sources, const NamedAt& at) {
    std::vector<Object> all;
    std::set<std::string> known;
    for (const Source& source : sources) {
        const auto files = source.revision.empty() ? find(source, at) : find_in_git(source, at);
        for (const Found& file : files) {
            if (!known.insert(file.key).second) continue;
            const std::vector<Object>& objects = objects_of(file, at);
            all.insert(all.end(), objects.begin(), objects.end());
        }
    }
    return all;
}

std::vector<SourceReader::Found> SourceReader::find(const Source& source, const NamedAt& at) {
    const auto file = [](const std::string& path, bool in_directory) {
        std::error_code error;
        const fs::path real = path == "-" ? fs::path("-") : fs::canonical(path, error);
        return Found{path, error ? path : real.string(), in_directory,
                     [path] { return read_documents(path); }};
    };
    std::error_code error;
    if (source.path == "-" || !fs::is_directory(source.path, error))
        return {file(source.path, false)};
    const auto paths = recursive_ ? files_in<fs::recursive_directory_iterator>(source.path)
                                  : files_in<fs::directory_iterator>(source.path);
    if (paths.empty()) note(nothing_in(source.path, recursive_), at);
    std::vector<Found> found;
    for (const std::string& path : paths) found.push_back(file(path, true));
    return found;
}

std::vector<SourceReader::Found> SourceReader::find_in_git(const Source& source,
                                                           const NamedAt& at) {
    std::vector<Found> found;
    try {
        const GitRepository& repository = *source.repository;
        for (const GitFile& file : repository.files(source.revision, source.path, recursive_)) {
            const bool ours =
                is_manifest_name(file.path) && !is_hidden(fs::path(file.path).lexically_relative(
                                                   source.path.empty() ? "." : source.path));
            if (!file.is_named && !ours) continue;
            found.push_back({file.name, file.name, !file.is_named, [repository, file] {
                                 return parse_documents(file.name, repository.content(file));
                             }});
        }
        if (found.empty()) note(nothing_in(source.revision + ":" + source.path, recursive_), at);
    } catch (const InputErrors& errors) {
        for (const Diagnostic& mistake : errors.diagnostics()) note(mistake, at);
    }
    return found;
}

void SourceReader::note(Diagnostic mistake, const NamedAt& at) {
    if (at.document != nullptr && at.node != nullptr && mistake.place.line == 0) {
        mistake = at.document->complain(*at.node, mistake.rule, mistake.message, mistake.advice);
    }
    mistakes_.push_back(std::move(mistake));
}

const std::vector<Object>& SourceReader::objects_of(const Found& file, const NamedAt& at) {
    const auto known = read_already_.find(file.key);
    if (known != read_already_.end()) return known->second;
    std::vector<Object>& objects = read_already_[file.key];
    try {
        std::vector<Document> documents = file.read();
        if (documents.empty())
            remarks_.push_back(fmt::format("{} is empty", shown_file(file.name)));
        for (Document& document : documents) {
            documents_.push_back(std::move(document));
            for (Object& object : stratsim::objects_of(documents_.back(), mistakes_)) {
                if (is_ours(object, file)) objects.push_back(std::move(object));
            }
        }
    } catch (const InputErrors& errors) {
        for (const Diagnostic& mistake : errors.diagnostics()) note(mistake, at);
    }
    return objects;
}

/// Without a kind it is a mistake in a file that was named, and another program's file in a
/// directory.
bool SourceReader::is_ours(const Object& object, const Found& file) {
    if (!object.kind.empty() || file.in_directory) return true;
    mistakes_.push_back(object.document->complain(
        *object.node, "kind", "without a kind this is no Kubernetes object and no scenario",
        "write kind: Deployment, or kind: Scenario"));
    return false;
}

const Document& SourceReader::part_of(const Document& whole, const Node& root) {
    documents_.push_back(whole);
    documents_.back().root = root;
    return documents_.back();
}

}  // namespace stratsim
