#include "tests/conformance_runner/kinds.hpp"
#include "tests/conformance_runner/kubernetes.hpp"

#include <exception>
#include <string_view>

// Holds the simulator against recordings: conformance_runner KIND DIR.

using namespace stratsim::conformance;

namespace {

int usage() {
    fmt::print(stderr, "usage: conformance_runner kubernetes|theory|loopback DIR\n");
    return 2;
}

int kubernetes(const std::filesystem::path& dir) {
    const Tally cases = kubernetes_cases(dir);
    const Tally rows = kubernetes_rows(dir);
    cases.close("cases");
    rows.close("rows");
    const std::size_t passed = cases.passed + rows.passed;
    const std::size_t failed = cases.failed + rows.failed;
    fmt::print("{} passed, {} failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 || !std::filesystem::is_directory(argv[2])) return usage();
    try {
        const std::string_view kind = argv[1];
        if (kind == "kubernetes") return kubernetes(argv[2]);
        if (kind == "theory") return theory(argv[2]);
        if (kind == "loopback") return loopback(argv[2]);
    } catch (const std::exception& failure) {
        fmt::print(stderr, "conformance_runner: {}\n", failure.what());
        return 1;
    }
    return usage();
}
