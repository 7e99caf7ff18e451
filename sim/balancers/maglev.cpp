#include "sim/balancers/maglev.hpp"

#include <algorithm>

namespace stratsim {

void MaglevBalancer::build(const Pick& pick) {
    constexpr std::size_t places = 65537;
    struct Turn {
        PodId pod;
        std::size_t at;
        std::size_t skip;
    };
    built_for_ = pick.candidates.version;
    revision_ = pick.candidates.revision;
    std::vector<Turn> turns;
    for (std::uint32_t i = 0; i < pick.size(); ++i) {
        const PodId pod = pick.candidates[i];
        turns.push_back(
            {pod, mixed(index_of(pod), 1) % places, mixed(index_of(pod), 2) % (places - 1) + 1});
    }
    std::ranges::sort(turns, {}, &Turn::pod);
    table_.assign(places, no_pod);
    std::size_t filled = 0;
    while (filled < places) {
        for (Turn& turn : turns) {
            for (std::uint32_t w = 0; w < pick.listing.weight(turn.pod) && filled < places; ++w) {
                while (table_[turn.at] != no_pod) turn.at = (turn.at + turn.skip) % places;
                table_[turn.at] = turn.pod;
                ++filled;
            }
        }
    }
}

}  // namespace stratsim
