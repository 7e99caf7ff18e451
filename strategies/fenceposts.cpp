#include "strategies/fenceposts.hpp"

namespace stratsim {

Fenceposts resolve_fenceposts(PodCount surge, PodCount unavailable, int replicas) {
    Fenceposts posts{surge.rounded_up(replicas), unavailable.rounded_down(replicas)};
    // The API refuses 0 and 0 outright; percentages may still round to it, and would never move.
    if (posts.surge == 0 && posts.unavailable == 0) posts.unavailable = 1;
    return posts;
}

}  // namespace stratsim
