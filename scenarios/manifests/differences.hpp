// What differs between two versions of an object, as the API server would see it.
#pragma once

#include "scenarios/manifests/objects.hpp"

#include <string>
#include <vector>

namespace stratsim {

/// A field in which two versions of an object differ. The order of a mapping's keys, comments,
/// quotes around texts, other spellings of a quantity, and values that are the default anyway make
/// no difference.
struct Difference {
    std::string path;    ///< "spec.template.spec.containers[web].image"
    std::string before;  ///< as written; empty: absent
    std::string after;
    Place at{};   ///< in the new version; where that lacks the field, in the old one
    Place was{};  ///< in the old version; line 0: absent

    /// Whether the field is this one or lies below it.
    bool is_below(std::string_view field) const;
    /// The path without what every field of a workload, or of its pods, lies below.
    std::string short_path() const;
};

/// Whether two versions of an object differ in anything but what they are called.
bool differ(const Object& before, const Object& after);

/// All differences of spec, in the order of the new version.
std::vector<Difference> differences(const Object& before, const Object& after);

}  // namespace stratsim
