// The mistakes found in a file so far, which are thrown all together.
#pragma once

#include "scenarios/text/document.hpp"

#include <utility>
#include <vector>

namespace stratsim {

/// Collects mistakes; `note` is for one after which reading can go on, `stop` for all others.
class Mistakes {
  public:
    void note(Diagnostic diagnostic) {
        list_.push_back(std::move(diagnostic));
        if (list_.size() >= most_mistakes_in_file) {
            throw InputErrors(std::move(list_));
        }
    }

    [[noreturn]] void stop(Diagnostic diagnostic) {
        list_.push_back(std::move(diagnostic));
        throw InputErrors(std::move(list_));
    }

    /// At the end of the file: throws if there was any mistake.
    void throw_if_any() {
        if (!list_.empty()) {
            throw InputErrors(std::move(list_));
        }
    }

  private:
    std::vector<Diagnostic> list_;
};

}  // namespace stratsim
