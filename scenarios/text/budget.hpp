// What reading a file has cost so far, in values and memory, and when that is too much.
#pragma once

#include "scenarios/text/document.hpp"
#include "scenarios/text/mistakes.hpp"

#include <cstddef>
#include <vector>

namespace stratsim {

/// Counts what one file takes and stops at the first thing that exceeds a limit of document.hpp.
/// `here` is where to complain, and `depth` is how many collections are open around it.
class Budget {
  public:
    /// Both must outlive the budget; `document` is always the one that is being read.
    Budget(const Document& document, Mistakes& mistakes)
        : document_(document), mistakes_(mistakes) {}

    void count_document(const Node& here);
    void count_node(const Node& here, std::size_t depth) { count_nodes(here, 1, depth); }
    /// A list or mapping, which makes what is in it one level deeper.
    void count_collection(const Node& here, std::size_t depth);
    /// What an alias repeats; to be called before it is copied.
    void count_copy(const Node& here, const Node& original, std::size_t depth);

  private:
    void count_nodes(const Node& here, std::size_t count, std::size_t depth);
    [[noreturn]] void stop_too_deep(const Node& here);

    const Document& document_;
    Mistakes& mistakes_;
    std::size_t documents_ = 0;
    std::size_t nodes_ = 0;
    std::size_t depths_ = 0;
    std::size_t copied_nodes_ = 0;
    std::size_t copied_bytes_ = 0;
};

/// The spare room of many small collections can take as much memory as their content; on the
/// other hand, for a moment the old and the new place of a big one exist together.
template <class Element>
void give_back_spare_room(std::vector<Element>& elements) {
    if (elements.size() < elements.capacity() / 4 * 3 || elements.capacity() < 16) {
        elements.shrink_to_fit();
    }
}

}  // namespace stratsim
