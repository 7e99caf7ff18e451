#pragma once

#include "sim/requests/batch.hpp"
#include "sim/requests/open.hpp"

namespace stratsim {

/// Open requests that are served pod after pod, where many come before the next event: the same
/// numbers as in order of arrival, sooner.
class RequestsByPod {
  public:
    RequestsByPod(Cluster& cluster, Journey& journey);

    void run_until(Time until);

  private:
    bool has_next() const { return open_.next() < journey_.halt() && !journey_.exhausted(); }
    bool worth_a_batch() const;
    void draw_some();
    void run_batch();

    Cluster& cluster_;
    Journey& journey_;
    const Visitors& visitors_;
    Randomness random_;
    OpenRequests open_;
    Batch batch_;
};

}  // namespace stratsim
