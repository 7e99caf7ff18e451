// Files, directories, standard input and git revisions as objects, each read once.
#pragma once

#include "scenarios/manifests/git.hpp"
#include "scenarios/manifests/objects.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace stratsim {

/// A file, a directory or "-"; or a path from the top of a git repository, at a revision.
struct Source {
    std::string path;
    std::string revision{};  ///< empty: as it stands in the work tree
    std::optional<GitRepository> repository{};
};

/// Where a scenario file names something; empty if the command line does.
struct NamedAt {
    const Document* document = nullptr;
    const Node* node = nullptr;
};

/// Reads what sources name, and notes the mistakes of all of them.
class SourceReader {
  public:
    SourceReader(bool recursive, std::vector<Diagnostic>& mistakes)
        : recursive_(recursive), mistakes_(mistakes) {}

    /// The objects of a source.
    std::vector<Object> objects(const Source& source, const NamedAt& at = {});
    /// The objects of several, a file that is named twice only once.
    std::vector<Object> objects(const std::vector<Source>& sources, const NamedAt& at = {});

    /// Notes a complaint about a whole file: where the file is named, if that is in a file.
    void note(Diagnostic mistake, const NamedAt& at);

    /// A document like another, whose root is a part of it.
    const Document& part_of(const Document& whole, const Node& root);

    const std::deque<Document>& documents() const { return documents_; }
    const std::vector<std::string>& remarks() const { return remarks_; }

  private:
    struct Found;

    std::vector<Found> find(const Source& source, const NamedAt& at);
    std::vector<Found> find_in_git(const Source& source, const NamedAt& at);
    const std::vector<Object>& objects_of(const Found& file, const NamedAt& at);
    bool is_ours(const Object& object, const Found& file);

    bool recursive_;
    std::vector<Diagnostic>& mistakes_;
    std::deque<Document> documents_;  ///< objects point into them
    std::map<std::string, std::vector<Object>> read_already_;
    std::vector<std::string> remarks_;
};

}  // namespace stratsim
