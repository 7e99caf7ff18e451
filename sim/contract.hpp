#pragma once

#include <stdexcept>
#include <string>

namespace stratsim {

/// A promise of our own code that was broken: a bug in stratsim, never a mistake of the user.
class BrokenContract : public std::logic_error {
  public:
    using std::logic_error::logic_error;
};

inline void expects(bool holds, const char* what) {
    if (!holds) throw BrokenContract(what);
}

}  // namespace stratsim
