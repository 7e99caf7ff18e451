#include "cli/commands.hpp"
#include "cli/flags.hpp"
#include "cli/output.hpp"
#include "scenarios/settings/fields.hpp"
#include "scenarios/text/diagnostic.hpp"

#include <fmt/format.h>
#include <memory>

namespace stratsim {

namespace {

Exit explain(const std::string& word) {
    const Field* field = find_field(word);
    if (field == nullptr) {
        std::vector<std::string> words;
        for (const Field& f : fields()) words.push_back(f.word);
        const std::string close = nearest(word, words);
        usage_error(
            fmt::format("unknown setting {}", quote(word)),
            close.empty() ? "see stratsim run --help" : fmt::format("did you mean '{}'?", close));
    }
    std::string text = fmt::format("--{}  ({}:, {})\n  {}\n  write    {}\n", field->word,
                                   field->word, field->section, field->help, field->form);
    if (field->has_default) {
        text += fmt::format("  default  {}  ({})\n", field->get(Scenario{}), field->source);
    } else {
        text += "  default  unset\n";
    }
    if (!field->note.empty()) text += fmt::format("  note     {}\n", field->note);
    print(text);
    return Exit::ok;
}

}  // namespace

Command explain_command() {
    return {.name = "explain",
            .summary = "what a setting means, its form, default and source",
            .prepare =
                [](Flags& flags) {
                    auto word = std::make_shared<std::string>();
                    flags.word("setting", *word);
                    return [word] {
                        if (word->empty())
                            usage_error("which setting?", "write stratsim explain pods");
                        return explain(*word);
                    };
                },
            .help = [] { return std::string("stratsim explain SETTING\n"); }};
}

}  // namespace stratsim
