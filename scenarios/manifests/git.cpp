// Every question is one call of git with its words as they are: no shell reads them, file names end
// in NUL bytes, and what is asked for is named by the ids that git gave.
#include "scenarios/manifests/git.hpp"

#include "scenarios/text/diagnostic.hpp"
#include "scenarios/text/document.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace stratsim {

namespace fs = std::filesystem;

namespace {

/// How a call of git ended.
struct Answer {
    int status = 0;
    std::string output;
    std::string complaint;  ///< its first line on standard error
};

[[noreturn]] void git_fails(const std::string& message, const std::string& advice) {
    throw InputErrors({without_place("git", message, advice)});
}

/// Both ends of a pipe; closed at the end.
struct Pipe {
    std::array<int, 2> ends{-1, -1};

    Pipe() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            git_fails(fmt::format("cannot run git: {}", std::strerror(errno)), "");
        }
    }
    ~Pipe() {
        for (const int end : ends) {
            if (end >= 0) ::close(end);
        }
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    void close_writing() { ::close(std::exchange(ends[1], -1)); }
};

/// The program's own environment, but with messages in English and no questions to a terminal.
std::vector<std::string> environment() {
    std::vector<std::string> list{"LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0"};
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto named = [&](std::string_view name) { return text.starts_with(name); };
        if (!named("LC_ALL=") && !named("GIT_TERMINAL_PROMPT=") && !named("GIT_OPTIONAL_LOCKS="))
            list.emplace_back(text);
    }
    return list;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> list;
    for (std::string& word : words) list.push_back(word.data());
    list.push_back(nullptr);
    return list;
}

pid_t start(std::vector<std::string> words, const Pipe& out, const Pipe& err) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out.ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, err.ends[1], 2);
    std::vector<std::string> settings = environment();
    std::vector<char*> settings_list = pointers(settings);
    std::vector<char*> words_list = pointers(words);
    pid_t child = -1;
    const int error =
        ::posix_spawnp(&child, "git", &actions, nullptr, words_list.data(), settings_list.data());
    posix_spawn_file_actions_destroy(&actions);
    if (error == ENOENT) {
        git_fails("a git revision needs the program git, which is not installed",
                  "install git, or name files: --from old/ --to new/");
    }
    if (error != 0) git_fails(fmt::format("cannot run git: {}", std::strerror(error)), "");
    return child;
}

/// Reads both pipes at once, so that neither fills up and stops the writer.
void drain(const Pipe& out, const Pipe& err, Answer& answer) {
    std::array<pollfd, 2> waiting{{{.fd = out.ends[0], .events = POLLIN, .revents = 0},
                                   {.fd = err.ends[0], .events = POLLIN, .revents = 0}}};
    std::array<std::string*, 2> texts{&answer.output, &answer.complaint};
    std::array<char, 65536> chunk{};
    while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
        if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) break;
        for (std::size_t i = 0; i < waiting.size(); ++i) {
            if (waiting[i].fd < 0 || waiting[i].revents == 0) continue;
            const ssize_t count = ::read(waiting[i].fd, chunk.data(), chunk.size());
            if (count > 0) texts[i]->append(chunk.data(), static_cast<std::size_t>(count));
            if (count == 0 || (count < 0 && errno != EINTR)) waiting[i].fd = -1;
        }
    }
}

Answer git(const std::string& directory, std::vector<std::string> words) {
    std::vector<std::string> all{"git", "-C", directory.empty() ? "." : directory};
    all.insert(all.end(), words.begin(), words.end());
    Pipe out;
    Pipe err;
    const pid_t child = start(std::move(all), out, err);
    out.close_writing();
    err.close_writing();
    Answer answer;
    drain(out, err, answer);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    answer.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    answer.complaint = answer.complaint.substr(0, answer.complaint.find('\n'));
    if (answer.complaint.starts_with("fatal: ")) answer.complaint.erase(0, 7);
    return answer;
}

/// Without the line break that git ends its answers with.
std::string line_of(const Answer& answer) {
    std::string text = answer.output;
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

/// One entry of a tree: mode, type, id and name.
struct TreeEntry {
    std::string mode;
    std::string object;
    std::string name;
};

/// `git ls-tree -z`: "MODE TYPE ID\tNAME\0".
std::vector<TreeEntry> entries_of(std::string_view text) {
    std::vector<TreeEntry> entries;
    while (!text.empty()) {
        const auto end = text.find('\0');
        const std::string_view entry = text.substr(0, end);
        const auto tab = entry.find('\t');
        const auto first = entry.find(' ');
        const auto second = entry.find(' ', first + 1);
        if (tab == entry.npos || second == entry.npos) break;
        entries.push_back({std::string(entry.substr(0, first)),
                           std::string(entry.substr(second + 1, tab - second - 1)),
                           std::string(entry.substr(tab + 1))});
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    return entries;
}

bool is_file(const TreeEntry& entry) {
    return entry.mode == "100644" || entry.mode == "100755" || entry.mode == "100664";
}
bool is_link(const TreeEntry& entry) {
    return entry.mode == "120000";
}

std::string path_below(const std::string& directory, const std::string& name) {
    return directory.empty() ? name : directory + "/" + name;
}

}  // namespace

bool GitRepository::exists() const {
    return git(directory_, {"rev-parse", "--git-dir"}).status == 0;
}

bool GitRepository::has_revision(std::string_view word) const {
    if (word.empty() || word.starts_with('-')) return false;
    const Answer answer = git(directory_, {"rev-parse", "--verify", "--quiet", "--end-of-options",
                                           std::string(word) + "^{commit}"});
    // git is quiet about what does not exist, but not about what it refuses to look at.
    if (answer.status != 0 && answer.complaint.find("dubious ownership") != std::string::npos)
        git_fails(answer.complaint, "git config --global --add safe.directory DIRECTORY allows it");
    return answer.status == 0;
}

std::string GitRepository::from_top(std::string_view path) const {
    const Answer answer = git(directory_, {"rev-parse", "--show-prefix"});
    if (answer.status != 0) git_fails(answer.complaint, "name files of a git repository");
    const std::string whole =
        (fs::path(line_of(answer)) / fs::path(path)).lexically_normal().generic_string();
    std::string clean = whole == "." ? "" : whole;
    while (clean.ends_with('/')) clean.pop_back();
    if (clean == ".." || clean.starts_with("../")) {
        git_fails(fmt::format("{} lies outside the git repository", quote(path)),
                  "name a path inside it");
    }
    return clean;
}

std::vector<GitFile> GitRepository::files(const std::string& revision, const std::string& path,
                                          bool recursive) const {
    const std::string name = revision + ":" + path;
    const Answer type = git(directory_, {"cat-file", "-t", name});
    if (type.status != 0) {
        git_fails(fmt::format("{} has no {}", revision, quote(path)),
                  fmt::format("git ls-tree {} lists what is there", revision));
    }
    if (line_of(type) == "blob") {
        const Answer id = git(directory_, {"rev-parse", "--verify", "--end-of-options", name});
        return {{name, path, line_of(id), true}};
    }
    std::vector<std::string> words{"ls-tree", "-z", "--full-tree"};
    if (recursive) words.emplace_back("-r");
    words.push_back(name);
    const Answer listed = git(directory_, words);
    if (listed.status != 0) git_fails(listed.complaint, "");
    std::vector<GitFile> found;
    for (const TreeEntry& entry : entries_of(listed.output)) {
        const std::string inner = path_below(path, entry.name);
        if (is_file(entry)) {
            found.push_back({revision + ":" + inner, inner, entry.object});
        } else if (is_link(entry)) {  // what it points to, if that is a file of the repository
            const std::string target = git(directory_, {"cat-file", "blob", entry.object}).output;
            const std::string real =
                (fs::path(inner).parent_path() / target).lexically_normal().generic_string();
            const Answer id = git(directory_, {"rev-parse", "--verify", "--quiet",
                                               "--end-of-options", revision + ":" + real});
            if (id.status == 0 &&
                line_of(git(directory_, {"cat-file", "-t", line_of(id)})) == "blob")
                found.push_back({revision + ":" + inner, inner, line_of(id)});
        }
    }
    std::ranges::sort(found, {}, &GitFile::path);
    return found;
}

std::string GitRepository::content(const GitFile& file) const {
    Answer answer = git(directory_, {"cat-file", "blob", file.object});
    if (answer.status != 0) {
        git_fails(fmt::format("git cannot read {}: {}", file.name, answer.complaint), "");
    }
    return std::move(answer.output);
}

PathInGit path_in_git(const std::string& path) {
    // The nearest directory that is there now; what is below it may exist in the past only.
    fs::path directory = fs::path(path);
    fs::path rest;
    std::error_code error;
    while (!directory.empty() && !fs::is_directory(directory, error)) {
        rest = rest.empty() ? directory.filename() : directory.filename() / rest;
        directory = directory.parent_path();
    }
    const GitRepository repository(directory.string());
    return {repository, repository.from_top(rest.string())};
}

}  // namespace stratsim
