#pragma once

#include "cli/options.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace stratsim {

/// A file or stream that could not be written.
class WriteError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Writes every output that was asked for. A file appears whole or not at all. Throws WriteError.
void deliver(const Result& result, const std::vector<Output>& outputs, const Screen& screen);

/// Writes one text where that output belongs. Throws WriteError.
void write_out(std::string_view text, const Output& output);

/// Writes to standard output. Throws WriteError.
void print(std::string_view text);

}  // namespace stratsim
