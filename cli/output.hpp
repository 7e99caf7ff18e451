#pragma once

#include "cli/options.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace stratsim {

/// A file or stream that could not be written.
class WriteError : public std::runtime_error {
  public:
    /// `reason` is an errno.
    WriteError(const std::string& what, int reason) : std::runtime_error(what), reason_(reason) {}
    /// It will not go better next time: the place itself is wrong.
    bool is_lasting() const;

  private:
    int reason_;
};

/// Writes every output that was asked for. A file appears whole or not at all; a partial result
/// only where the format tells that it is one. Throws WriteError.
void deliver(const Result& result, const std::vector<Output>& outputs, const Screen& screen);

/// Delivers the result of a command, and says how that ends.
Exit conclude(const Result& result, const std::vector<Output>& outputs, const Screen& screen);

/// Writes one text where that output belongs. Throws WriteError.
void write_out(std::string_view text, const Output& output);

/// Writes to standard output. Throws WriteError.
void print(std::string_view text);

}  // namespace stratsim
