#include "cli/reports/why/why.hpp"

#include "cli/commands.hpp"
#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/workloads.hpp"

#include <fmt/format.h>
#include <memory>

namespace stratsim {

namespace {

struct Question {
    std::uint32_t request = 0;  ///< 0: all lost ones
    std::uint64_t run = 0;
    std::string picture;  ///< a file; empty: none
};

Exit why(const Arguments& arguments, const Question& question) {
    const auto outputs = outputs_of(arguments);
    for (const Output& output : outputs) {
        if (output.format != Format::text && output.format != Format::json)
            usage_error("why answers as text or as json", "write -o text or -o json");
    }
    const Screen screen = screen_of(arguments);
    const Inputs inputs = resolve(arguments);
    if (arguments.print_resolved) {
        print(resolved_text(inputs));
        return Exit::ok;
    }
    const Scenario scenario = only_workload(inputs, "why");
    require_runnable(scenario);
    if (!question.picture.empty()) {
        Output output{.format = Format::text, .file = question.picture};
        if (output.file == "-") output.file.clear();
        write_out(cause_picture(scenario, open_case(scenario, question.run)), output);
        return Exit::ok;
    }
    const bool all = question.request == 0;
    Progress progress(arguments);
    const Execution execution = progress.next(scenario.name);
    const Why causes = all ? find_out_why(scenario, execution) : Why{};
    if (execution.is_stopped()) throw Interrupted("the causes were not found out");
    const RequestStory story =
        all ? RequestStory{} : story_of(scenario, question.run, question.request);
    progress.clear();
    for (const Output& output : outputs) {
        const bool json = output.format == Format::json;
        const std::string text = all ? (json ? why_json(causes) : why_text(causes, screen))
                                     : (json ? story_json(story) : story_text(story, screen));
        write_out(text, output);
    }
    return Exit::ok;
}

}  // namespace

Command why_command() {
    return {
        .name = "why",
        .summary = "what lost each request, and what would have saved it",
        .prepare =
            [](Flags& flags) {
                auto arguments = std::make_shared<Arguments>();
                auto question = std::make_shared<Question>();
                add_inputs(flags, *arguments, 1, true);
                flags.option("--request", question->request, 1);
                flags.option("--run", question->run);
                flags.option("--picture", question->picture);
                return [arguments, question] { return why(*arguments, *question); };
            },
        .help =
            [] {
                return input_help(
                           "stratsim why STRATEGY [flags]           what lost requests, and "
                           "what would save them\n"
                           "stratsim why --request N [--run K] ...  the story of one request "
                           "(run 0 if not said)\n"
                           "stratsim why --picture FILE.svg ...     one run: pods, what is listed, "
                           "what is lost\n",
                           "  stratsim why rolling --pods 10\n"
                           "  stratsim why -f k8s/\n"
                           "  stratsim why --request 1204 -f k8s/\n") +
                       "A remedy is told only after it was simulated with the same seeds.\n";
            }};
}

}  // namespace stratsim
