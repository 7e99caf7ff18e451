#pragma once

#include "sim/cluster/cluster.hpp"
#include "sim/requests/clients.hpp"
#include "sim/requests/journey.hpp"

namespace stratsim {

/// Users who wait for an answer, and send their next request after it.
class ClosedRequests final : public Waiting {
  public:
    ClosedRequests(Cluster& cluster, Journey& journey);
    ClosedRequests(const ClosedRequests&) = delete;
    ClosedRequests& operator=(const ClosedRequests&) = delete;

    void run_until(Time until);
    void learns(std::uint32_t user, Time at) override;

  private:
    void start();
    void run_clients(Time until);
    void sends(std::uint32_t user, Time now);

    Cluster& cluster_;
    Journey& journey_;
    const Visitors& visitors_;
    Randomness random_;
    Clients clients_;
    bool warming_ = false;
};

}  // namespace stratsim
