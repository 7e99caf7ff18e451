#include "scenarios/manifests/field_path.hpp"

namespace stratsim {

std::string_view last_of(std::string_view path) {
    const auto dot = path.rfind('.');
    return dot == path.npos ? path : path.substr(dot + 1);
}

std::string_view parent_of(std::string_view path) {
    const auto dot = path.rfind('.');
    return dot == path.npos ? std::string_view{} : path.substr(0, dot);
}

bool ends_with_path(std::string_view path, std::string_view ending) {
    if (!path.ends_with(ending)) return false;
    if (ending.starts_with("Probe.")) return true;  // of any kind
    return path.size() == ending.size() || path[path.size() - ending.size() - 1] == '.';
}

}  // namespace stratsim
