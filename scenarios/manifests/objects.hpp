// Kubernetes objects inside documents, and what they are called.
#pragma once

#include "scenarios/text/diagnostic.hpp"
#include "scenarios/text/document.hpp"
#include "scenarios/text/field_reader.hpp"

#include <string>
#include <vector>

namespace stratsim {

/// One object of a file; `node` points into `document`, which must outlive it.
struct Object {
    const Document* document = nullptr;
    const Node* node = nullptr;
    std::string group;  ///< of the API: "apps", or empty for the core
    std::string kind;   ///< empty: the file does not say
    std::string space;  ///< namespace
    std::string name;
};

/// The objects of a document; a list counts as what it holds.
std::vector<Object> objects_of(const Document& document, std::vector<Diagnostic>& mistakes);

/// The value that says of what kind an object is, or where the object begins.
const Node& place_of(const Object& object);

/// File and line where an object begins.
std::string begin_of(const Object& object);

}  // namespace stratsim
