// Reads a file whole, and hands its text from one step of the reading to the next.
//
// The text is looked at twice. A survey of the characters finds what libyaml cannot digest (binary
// content, other encodings) and what it digests only in quadratic time; it also notes landmarks
// from which a line and column are found fast. Then the composer builds trees from libyaml's
// events and refuses, early and by name, whatever costs too much.
#include "scenarios/text/document.hpp"

#include "scenarios/text/composer.hpp"
#include "scenarios/text/source_text.hpp"
#include "scenarios/text/survey.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace stratsim {
namespace {

std::string shown_name(const std::string& file) {
    return file == "-" ? "standard input" : fmt::format("'{}'", file);
}

[[noreturn]] void refuse_size(const std::string& file) {
    throw InputErrors({without_place(
        "too-big",
        fmt::format("{} is bigger than {} MiB", shown_name(file), most_bytes_in_file >> 20U),
        "split it, or check that it is the right file", file)});
}

[[noreturn]] void refuse_file(const std::string& file, const std::string& reason,
                              std::string advice = "") {
    throw InputErrors(
        {without_place("file", fmt::format("cannot read {}: {}", shown_name(file), reason),
                       std::move(advice), file)});
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
    survey(blank);
    return compose(std::move(blank));
}

}  // namespace stratsim
