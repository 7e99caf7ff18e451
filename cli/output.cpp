#include "cli/output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace stratsim {

namespace {

[[noreturn]] void fail(const std::string& file) {
    const int reason = errno;
    throw WriteError(fmt::format("cannot write {}: {}", file, std::strerror(reason)), reason);
}

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// Beside the file first, then in its place: whoever reads it never sees a half of it.
void write_file(const std::string& file, std::string_view text) {
    struct stat there {};
    // A device or a pipe has no "beside".
    if (::stat(file.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
        const int device = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
        if (device < 0) fail(file);
        const bool whole = write_all(device, text);
        if (::close(device) != 0 || !whole) fail(file);
        return;
    }
    std::string beside = file + ".XXXXXX";
    const int descriptor = ::mkstemp(beside.data());
    if (descriptor < 0) fail(file);
    const mode_t mask = ::umask(0);
    ::umask(mask);
    const bool whole = write_all(descriptor, text) && ::fchmod(descriptor, 0666 & ~mask) == 0 &&
                       ::fsync(descriptor) == 0;
    const int reason = errno;
    ::close(descriptor);
    if (!whole || ::rename(beside.c_str(), file.c_str()) != 0) {
        const int why = whole ? errno : reason;
        ::unlink(beside.c_str());
        errno = why;
        fail(file);
    }
}

}  // namespace

bool WriteError::is_lasting() const {
    constexpr std::array lasting{EACCES, EPERM,  EROFS, ENOTDIR,      EISDIR,
                                 EEXIST, ENOENT, ELOOP, ENAMETOOLONG, EINVAL};
    return std::ranges::find(lasting, reason_) != lasting.end();
}

void print(std::string_view text) {
    if (!write_all(STDOUT_FILENO, text)) fail("standard output");
}

void write_out(std::string_view text, const Output& output) {
    if (output.file.empty()) {
        print(text);
    } else {
        write_file(output.file, text);
    }
}

void deliver(const Result& result, const std::vector<Output>& outputs, const Screen& screen) {
    for (const Output& output : outputs) {
        const FormatEntry& entry = entry_of(output.format);
        if (!result.partial.empty() && !entry.tells_partial) {
            std::fputs(fmt::format("{} is not written: it could not tell that it is partial\n",
                                   output.file.empty() ? entry.name : output.file)
                           .c_str(),
                       stderr);
            continue;
        }
        write_out(render(result, output.format, screen), output);
    }
}

Exit conclude(const Result& result, const std::vector<Output>& outputs, const Screen& screen) {
    deliver(result, outputs, screen);
    if (!result.partial.empty()) return Exit::interrupted;
    return is_met(result) ? Exit::ok : Exit::not_met;
}

}  // namespace stratsim
