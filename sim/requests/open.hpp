#pragma once

#include "sim/cluster/cluster.hpp"
#include "sim/numbers/random.hpp"
#include "sim/requests/journey.hpp"

#include <array>
#include <cstdint>

namespace stratsim {

/// Requests that nobody waits for: they come whatever becomes of those before them.
class OpenRequests {
  public:
    OpenRequests(Cluster& cluster, Journey& journey);

    void run_until(Time until);

    // Whoever takes several requests at once goes on from where they stand.
    /// When the next request comes.
    Time next() const { return next_; }
    /// What is drawn for it.
    const Block& draws() const { return draws_; }
    /// Goes on with a request that comes at `next` and is drawn so.
    void resume(Time next, const Block& draws) {
        next_ = next;
        draws_ = draws;
    }
    /// When a request comes that is drawn so, after one at `from`.
    Time next_arrival(Time from, const Block& draws) const;
    /// Draws ahead again, after requests were passed.
    void look_ahead();

  private:
    void warm_up();
    void draw_next();

    Cluster& cluster_;
    Journey& journey_;
    const Visitors& visitors_;
    Randomness random_;
    Block draws_;                    ///< of the next request
    std::array<Block, 32> ahead_{};  ///< of those after it, by index
    bool looks_ahead_ = false;       ///< the pods of the next requests can be told from their draws
    Time next_ = never;
};

}  // namespace stratsim
