#include "tests/oracles/kinds.hpp"

#include <cstdio>
#include <exception>
#include <string>

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: conformance KIND DIR\n", stderr);
        return 64;
    }
    const std::string kind = argv[1];
    try {
        if (kind == "theory") return theory(argv[2]);
        if (kind == "loopback") return loopback(argv[2]);
    } catch (const std::exception& problem) {
        std::printf("%s\n0 passed, 1 failed\n", problem.what());
        return 1;
    }
    std::fprintf(stderr, "no such kind: %s\n", kind.c_str());
    return 64;
}
