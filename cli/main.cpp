#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/parse.hpp"
#include "scenarios/experiments/experiment.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <cstdio>
#include <exception>

// The one place where an error becomes text and an exit code.
int main(int argc, char** argv) {
    using namespace stratsim;
    const auto complain = [](const char* what) { std::fprintf(stderr, "error: %s\n", what); };
    listen_for_interrupts();
    try {
        return static_cast<int>(dispatch(argc, argv));
    } catch (const InputErrors& errors) {
        std::fputs(render(errors.diagnostics()).c_str(), stderr);
        return static_cast<int>(Exit::usage);
    } catch (const Interrupted& error) {
        std::fprintf(stderr, "interrupted: %s\n", error.what());
        return static_cast<int>(Exit::interrupted);
    } catch (const WriteError& error) {
        complain(error.what());
        return static_cast<int>(Exit::io);
    } catch (const std::exception& error) {
        complain(error.what());
        std::fputs("this is a bug in stratsim, not in your input; please report it\n", stderr);
        return static_cast<int>(Exit::bug);
    }
}
