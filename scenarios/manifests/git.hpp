// Files as they are at a git revision, read through the git program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stratsim {

/// A file of a revision. Its name is what `git show` takes: "origin/main:k8s/web.yaml".
struct GitFile {
    std::string name;
    std::string path;       ///< from the top of the repository
    std::string object;     ///< the blob's id
    bool is_named = false;  ///< the path was this very file, not a directory above it
};

/// A git work tree or repository, as seen from a directory in it ("" is the current one).
class GitRepository {
  public:
    explicit GitRepository(std::string directory) : directory_(std::move(directory)) {}

    /// Whether the word names a commit: a branch, a tag, an id, HEAD~2. What is no repository has
    /// none. Throws InputErrors if git is missing or refuses to look.
    bool has_revision(std::string_view word) const;

    /// Whether the directory belongs to a repository at all.
    bool exists() const;

    /// A path, as it is written relative to the directory, from the top of the repository.
    std::string from_top(std::string_view path) const;

    /// The files at a path from the top: one file, or those of a directory, in order of their
    /// names; `recursive` goes down into directories. Throws InputErrors if there is no such path.
    std::vector<GitFile> files(const std::string& revision, const std::string& path,
                               bool recursive) const;

    std::string content(const GitFile& file) const;

  private:
    std::string directory_;
};

/// The repository of a path, which itself need not exist in the work tree, and the path as that
/// repository calls it.
struct PathInGit {
    GitRepository repository;
    std::string path;  ///< from the top
};
PathInGit path_in_git(const std::string& path);

}  // namespace stratsim
