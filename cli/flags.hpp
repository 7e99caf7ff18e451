// The one door to the parser of command lines: no other file knows which library that is.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace stratsim {

/// What one command's line may hold: flags, options with a value, and words without a name. Names
/// are written as they are typed, `-f,--filename`. Targets must outlive parse().
class Flags {
  public:
    explicit Flags(std::string_view command);
    ~Flags();
    Flags(const Flags&) = delete;
    Flags& operator=(const Flags&) = delete;

    /// Given or not.
    void flag(const std::string& names, bool& given);

    /// One value.
    void option(const std::string& names, std::string& value);
    void option(const std::string& names, std::uint32_t& value, std::uint32_t least = 0);
    void option(const std::string& names, std::uint64_t& value);
    void option(const std::string& names, std::function<void(const std::string&)> take);
    /// One value each time that it is written.
    void option(const std::string& names, std::vector<std::string>& values);
    /// Every word up to the next flag; `take` is told all of them at once.
    void list(const std::string& names, std::function<void(const std::vector<std::string>&)> take);

    /// Words without a flag: one, or several.
    void word(const std::string& name, std::string& value);
    void words(const std::string& name, std::vector<std::string>& values,
               std::optional<int> most = std::nullopt);

    /// Reads the line; the complaint about one that cannot be read.
    std::optional<std::string> parse(std::vector<std::string> line);
    /// What parse() did not know what to do with.
    std::vector<std::string> rest() const;

    struct Known {
        std::string name;  ///< `--pods`
        bool takes_value;
    };
    /// Every long name, in the order in which they were added.
    std::vector<Known> known() const;

  private:
    std::unique_ptr<CLI::App> app_;
};

}  // namespace stratsim
