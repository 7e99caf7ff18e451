#include "scenarios/text/field_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <limits>
#include <utility>

namespace stratsim {

namespace {

const Node* value_of(const Node* parent, std::string_view key) {
    if (parent == nullptr) return nullptr;
    const Node* value = parent->find(key);
    return value == nullptr || value->kind == Node::Kind::null ? nullptr : value;
}

std::string_view word_for(Node::Kind kind) {
    switch (kind) {
        case Node::Kind::null:
            return "empty";
        case Node::Kind::scalar:
            return "a single value";
        case Node::Kind::sequence:
            return "a list";
        case Node::Kind::mapping:
            return "a mapping";
    }
    return "";
}

std::string_view advice_for(Node::Kind kind) {
    switch (kind) {
        case Node::Kind::null:
            break;
        case Node::Kind::scalar:
            return "write one value behind the colon";
        case Node::Kind::sequence:
            return "begin each item with a dash";
        case Node::Kind::mapping:
            return "write key: value lines, indented below it";
    }
    return "";
}

}  // namespace

const Node& key_of(const Node& mapping, std::string_view key) {
    const auto entry = std::ranges::find_if(
        mapping.entries, [&](const auto& pair) { return pair.first.text == key; });
    return entry == mapping.entries.end() ? mapping : entry->first;
}

void FieldReader::complain(const Node& at, std::string rule, std::string message,
                           std::string advice) {
    mistakes_->push_back(
        document_->complain(at, std::move(rule), std::move(message), std::move(advice)));
}

const Node* FieldReader::typed(const Node* parent, std::string_view key, Node::Kind kind) {
    const Node* value = value_of(parent, key);
    if (value == nullptr || value->kind == kind) return value;
    complain(*value, "type",
             fmt::format("'{}' must be {}, is {}", key, word_for(kind), word_for(value->kind)),
             std::string(advice_for(kind)));
    return nullptr;
}

const Node* FieldReader::mapping(const Node* parent, std::string_view key) {
    return typed(parent, key, Node::Kind::mapping);
}
const Node* FieldReader::list(const Node* parent, std::string_view key) {
    return typed(parent, key, Node::Kind::sequence);
}
const Node* FieldReader::scalar(const Node* parent, std::string_view key) {
    return typed(parent, key, Node::Kind::scalar);
}

std::string FieldReader::text(const Node* parent, std::string_view key) {
    const Node* value = scalar(parent, key);
    return value == nullptr ? std::string() : value->text;
}

std::string FieldReader::choice(const Node* parent, std::string_view key,
                                std::initializer_list<std::string_view> words) {
    const Node* value = scalar(parent, key);
    if (value == nullptr || value->text.empty()) return "";
    if (std::ranges::find(words, value->text) != words.end()) return value->text;
    complain(*value, "choice", fmt::format("'{}' cannot be {}", key, quote(value->text)),
             fmt::format("write {}", fmt::join(words, " or ")));
    return "";
}

std::map<std::string, std::string> FieldReader::labels(const Node* parent, std::string_view key) {
    std::map<std::string, std::string> result;
    const Node* node = mapping(parent, key);
    if (node == nullptr) return result;
    for (const auto& [name, value] : node->entries) result[name.text] = value.text;
    return result;
}

bool FieldReader::truth(const Node* parent, std::string_view key) {
    const Node* value = scalar(parent, key);
    if (value == nullptr) return false;
    // kubectl reads YAML 1.1, where these are the same.
    constexpr std::array yes{"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"};
    constexpr std::array no{"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"};
    if (!value->quoted && std::ranges::find(yes, value->text) != yes.end()) return true;
    if (value->quoted || std::ranges::find(no, value->text) == no.end()) {
        complain(*value, "type", fmt::format("'{}' must be true or false", key),
                 fmt::format("write {}: true, without quotes", key));
    }
    return false;
}

std::optional<std::int64_t> FieldReader::whole(const Node* parent, std::string_view key) {
    const Node* value = scalar(parent, key);
    if (value == nullptr) return std::nullopt;
    const std::string& text = value->text;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_whole = end == text.data() + text.size() && !text.empty();
    if (value->quoted && is_whole) {
        complain(*value, "type", fmt::format("'{}' must be a number, is a text", key),
                 fmt::format("write {}: {} without quotes", key, text));
        return std::nullopt;
    }
    if (value->quoted || !is_whole || error == std::errc::invalid_argument) {
        complain(*value, "type",
                 fmt::format("'{}' must be a whole number, is {}", key, quote(text)),
                 fmt::format("write {}: 1", key));
        return std::nullopt;
    }
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    if (error == std::errc::result_out_of_range || number < 0 || number > most) {
        complain(*value, "range", fmt::format("'{}' must be 0 to {}, is {}", key, most, text),
                 "write a whole number in that range");
        return std::nullopt;
    }
    return number;
}

}  // namespace stratsim
