// Feeds arbitrary bytes to the YAML reader: it may complain, and nothing else may come out of it.
#include "scenarios/text/document.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void check_place(const stratsim::Node& node) {
    if (node.line < 1 || node.column < 1 || node.width < 1) {
        std::abort();
    }
    for (const stratsim::Node& item : node.items) {
        check_place(item);
    }
    for (const auto& [key, value] : node.entries) {
        check_place(key);
        check_place(value);
    }
}

void check_text(const std::string& rendered) {
    if (rendered.empty() || rendered.back() != '\n') {
        std::abort();
    }
    for (std::size_t offset = 0; offset < rendered.size();) {
        const stratsim::Letter letter = stratsim::letter_at(rendered, offset);
        if (!letter.valid || (letter.value < 0x20 && letter.value != U'\n')) {
            std::abort();
        }
        offset += letter.size;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    try {
        for (const stratsim::Document& document :
             stratsim::parse_documents("fuzz.yaml", std::string{text})) {
            check_place(document.root);
            check_text(stratsim::render({document.complain(document.root, "rule", "message")}));
        }
    } catch (const stratsim::InputErrors& errors) {
        check_text(stratsim::render(errors.diagnostics()));
    }
    return 0;
}
