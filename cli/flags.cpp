#include "cli/flags.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <utility>

namespace stratsim {

Flags::Flags(std::string_view command)
    : app_(std::make_unique<CLI::App>("", std::string(command))) {
    app_->set_help_flag();
    app_->allow_extras();
}

Flags::~Flags() = default;

void Flags::flag(const std::string& names, bool& given) {
    app_->add_flag(names, given);
}

void Flags::option(const std::string& names, std::string& value) {
    app_->add_option(names, value);
}

void Flags::option(const std::string& names, std::uint32_t& value, std::uint32_t least) {
    CLI::Option* added = app_->add_option(names, value);
    if (least > 0) added->check(CLI::Range(least, std::numeric_limits<std::uint32_t>::max()));
}

void Flags::option(const std::string& names, std::uint64_t& value) {
    app_->add_option(names, value);
}

void Flags::option(const std::string& names, std::function<void(const std::string&)> take) {
    app_->add_option_function<std::string>(names, std::move(take));
}

void Flags::option(const std::string& names, std::vector<std::string>& values) {
    app_->add_option(names, values)->allow_extra_args(false);
}

void Flags::list(const std::string& names,
                 std::function<void(const std::vector<std::string>&)> take) {
    constexpr int most = 1000;
    app_->add_option_function<std::vector<std::string>>(names, std::move(take))
        ->expected(1, most)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void Flags::word(const std::string& name, std::string& value) {
    app_->add_option(name, value);
}

void Flags::words(const std::string& name, std::vector<std::string>& values,
                  std::optional<int> most) {
    CLI::Option* added = app_->add_option(name, values);
    if (most) added->expected(0, *most);
}

std::optional<std::string> Flags::parse(std::vector<std::string> line) {
    std::ranges::reverse(line);  // CLI11 takes them from the back
    try {
        app_->parse(std::move(line));
    } catch (const CLI::ParseError& error) {
        return error.what();
    }
    return std::nullopt;
}

std::vector<std::string> Flags::rest() const {
    return app_->remaining();
}

std::vector<Flags::Known> Flags::known() const {
    std::vector<Known> list;
    for (const CLI::Option* option : std::as_const(*app_).get_options()) {
        for (const std::string& name : option->get_lnames())
            list.push_back({"--" + name, option->get_items_expected_max() > 0});
    }
    return list;
}

}  // namespace stratsim
