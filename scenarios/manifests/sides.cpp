#include "scenarios/manifests/sides.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace stratsim {

namespace fs = std::filesystem;

namespace {

/// A word before it is known what it names.
class Word {
  public:
    Word(const SideWords& side, std::string text) : side_(side), text_(std::move(text)) {}

    const std::string& text() const { return text_; }
    bool is_stdin() const { return text_ == "-"; }

    /// Relative to the scenario file that says so.
    std::string path() const {
        if (is_stdin() || side_.directory.empty()) return text_;
        return (fs::path(side_.directory) / text_).lexically_normal().string();
    }
    bool is_file() const {
        std::error_code error;
        return is_stdin() || fs::exists(path(), error);
    }

    /// "origin/main" and "k8s/web.yaml" of "origin/main:k8s/web.yaml"; no path: all `paths`.
    std::pair<std::string, std::optional<std::string>> parts() const {
        const auto colon = text_.find(':');
        if (colon == std::string::npos) return {text_, std::nullopt};
        return {text_.substr(0, colon), text_.substr(colon + 1)};
    }

  private:
    const SideWords& side_;
    std::string text_;
};

std::vector<Word> words_of(const SideWords& side) {
    std::vector<Word> words;
    for (const std::string& text : side.words) words.emplace_back(side, text);
    return words;
}

class SideFinder {
  public:
    SideFinder(const std::vector<std::string>& paths, SourceReader& reader)
        : paths_(paths), reader_(reader) {}

    std::vector<Source> find(const SideWords& side, const SideWords& other, std::string_view flag) {
        std::vector<Source> sources;
        if (side.words.empty()) {
            for (const std::string& path : paths_) sources.push_back({path});
            if (sources.empty()) {
                complain(other, "missing",
                         fmt::format("only one version of the manifests is named; --{} is missing",
                                     flag),
                         fmt::format("write --{} as well, or -f FILE for the files as they stand",
                                     flag));
            }
            return sources;
        }
        for (const Word& word : words_of(side)) add(word, side, other, sources);
        return sources;
    }

  private:
    void add(const Word& word, const SideWords& side, const SideWords& other,
             std::vector<Source>& sources) {
        if (word.is_file()) return void(sources.push_back({word.path()}));
        const auto [revision, path] = word.parts();
        const std::vector<std::string> below = path ? std::vector<std::string>{} : paths_for(other);
        const PathInGit near = near_of(side, below);
        if (!near.repository.has_revision(revision))
            return no_revision(word, near.repository, revision, side);
        if (path) {
            std::string clean = fs::path(*path).lexically_normal().generic_string();
            if (clean == ".") clean.clear();
            while (clean.ends_with('/')) clean.pop_back();
            return void(sources.push_back({clean, revision, near.repository}));
        }
        if (below.empty()) {
            return complain(side, "missing", fmt::format("which files of {}?", quote(revision)),
                            "write -f k8s/");
        }
        for (const std::string& one : below) {
            if (one == "-") {
                complain(side, "git", "standard input has no git revision", "write -f FILE");
                continue;
            }
            const PathInGit in_git = path_in_git(one);
            sources.push_back({in_git.path, revision, in_git.repository});
        }
    }

    /// The paths of a revision: those of -f or, without, what the other side names.
    std::vector<std::string> paths_for(const SideWords& other) const {
        if (!paths_.empty()) return paths_;
        std::vector<std::string> paths;
        for (const Word& word : words_of(other)) {
            if (word.is_file()) paths.push_back(word.path());
        }
        return paths;
    }

    /// The repository that the words are about.
    static PathInGit near_of(const SideWords& side, const std::vector<std::string>& paths) {
        const bool named = !paths.empty() && paths.front() != "-";
        fs::path directory = named ? fs::path(paths.front()) : fs::path(side.directory);
        std::error_code error;
        while (!directory.empty() && !fs::is_directory(directory, error))
            directory = directory.parent_path();
        return {GitRepository(directory.string()), ""};
    }

    void no_revision(const Word& word, const GitRepository& repository, const std::string& revision,
                     const SideWords& side) {
        if (!repository.exists()) {
            return complain(side, "file",
                            fmt::format("{} is no file or directory here, and no git revision, as "
                                        "this is not in a git repository",
                                        quote(word.text())),
                            "name a file, a directory, or a revision inside a git work tree");
        }
        const std::string remote =
            revision.starts_with("origin/")
                ? fmt::format("; if it is a remote branch: git fetch origin {}", revision.substr(7))
                : "; git log --oneline -5 shows some";
        complain(side, "git",
                 fmt::format("{} is no file, no directory and no git revision", quote(revision)),
                 "write one such as HEAD~1 or origin/main" + remote);
    }

    void complain(const SideWords& side, std::string rule, std::string message,
                  std::string advice) {
        reader_.note(without_place(std::move(rule), std::move(message), std::move(advice)),
                     side.at);
    }

    const std::vector<std::string>& paths_;
    SourceReader& reader_;
};

}  // namespace

Sides sides_of(const SideWords& from, const SideWords& to, const std::vector<std::string>& paths,
               SourceReader& reader) {
    SideFinder finder(paths, reader);
    Sides sides{finder.find(from, to, "from"), finder.find(to, from, "to")};
    const auto reads_stdin = [](const std::vector<Source>& sources) {
        return std::ranges::any_of(sources, [](const Source& s) { return s.path == "-"; });
    };
    if (reads_stdin(sides.from) && reads_stdin(sides.to)) {
        reader.note(without_place("file", "both versions are read from standard input",
                                  "name a file or a git revision for one of them"),
                    from.at);
    }
    return sides;
}

}  // namespace stratsim
