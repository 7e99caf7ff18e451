#pragma once

#include <string>
#include <string_view>

// The smallest parts of an HTML page. Whatever a user wrote goes through escaped().

namespace stratsim::html {

/// Text for an element or a quoted attribute. Bytes that are no UTF-8 text become `?`.
std::string escaped(std::string_view text);
/// JSON for a script element: nothing in it can end the element.
std::string for_script(std::string_view json);

/// `<tag attributes>content</tag>`; the content is markup.
std::string element(std::string_view tag, std::string_view attributes, std::string_view content);
/// The same without attributes.
std::string element(std::string_view tag, std::string_view content);
/// A paragraph of a class; the content is text.
std::string paragraph(std::string_view style, std::string_view text);

/// A heading of a level, 1 to 6; the content is text.
std::string heading(int level, std::string_view text);
/// What is folded until somebody wants it.
std::string folded(std::string_view summary, std::string_view content, std::string_view style = "");

/// A number for people, with the full one of the JSON report beside it: `pointer` is its place
/// there (RFC 6901).
std::string number(std::string_view text, double value, std::string_view pointer);

/// Shortest text that reads back as the same number.
std::string exact(double value);

}  // namespace stratsim::html
