#pragma once

#include "sim/cause.hpp"
#include "sim/numbers/latency.hpp"
#include "sim/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace stratsim {

/// What became of the requests of one pod, or of one version; retried attempts belong to the pod
/// that had the last word.
struct Tally {
    std::uint64_t sent = 0;
    std::array<std::uint64_t, outcomes + 1> by_outcome{};

    void add(Outcome outcome, std::uint64_t n = 1) {
        by_outcome[static_cast<std::size_t>(outcome)] += n;
    }
    void take(Outcome outcome, std::uint64_t n = 1) {
        by_outcome[static_cast<std::size_t>(outcome)] -= n;
    }
};

/// One request, kept only when somebody asks for records.
struct RequestRecord {
    Time arrival{};
    Time begins{};
    Time end{};  ///< when its last pod has finished with it, or the client learned that it failed
    std::uint32_t pod = 0xffffffffU;
    std::uint32_t user = 0;
    std::uint16_t attempts = 1;
    std::uint16_t in_system = 0;  ///< at the pod, when it came
    Outcome outcome = Outcome::success;
    Cause cause = Cause::none;
    std::uint8_t version = 0;
};

/// One pod that a request was sent to, kept with the records, in order.
struct Try {
    Time at{};
    std::uint32_t record = 0;  ///< of its request, from 1
    std::uint32_t pod = 0xffffffffU;
    std::uint16_t instance = 0;  ///< the balancer that chose
    bool pinned = false;         ///< nobody chose: the connection was there
    bool raced = false;          ///< and its pod closed it at that instant
};

/// Requests by the time they came: what a picture and "the worst second" are made of.
class RequestBins {
  public:
    struct Bin {
        std::uint64_t requests = 0;
        std::uint64_t lost = 0;
    };

    void request(Time at) { ++bin(at).requests; }
    void lost(Time at) { ++bin(at).lost; }
    void not_lost(Time at) { --bin(at).lost; }
    void add(Time at, std::uint64_t requests, std::uint64_t lost) {
        Bin& here = bin(at);
        here.requests += requests;
        here.lost += lost;
    }
    void take(Time at, std::uint64_t requests) { bin(at).requests -= requests; }

    Duration width() const { return width_; }
    const std::vector<Bin>& bins() const { return bins_; }

  private:
    static constexpr std::size_t most = 1U << 16;

    Bin& bin(Time at) {
        // Most requests fall where the one before fell, and a division costs more than all else.
        if (at >= from_ && at - from_ < width_ && last_ < bins_.size()) return bins_[last_];
        auto i = static_cast<std::size_t>(at.time_since_epoch() / width_);
        while (i >= most) {  // a longer window gets coarser bins, not more of them
            halve();
            i = static_cast<std::size_t>(at.time_since_epoch() / width_);
        }
        if (i >= bins_.size()) bins_.resize(i + 1);
        last_ = i;
        from_ = Time{} + static_cast<Duration::rep>(i) * width_;
        return bins_[i];
    }

    void halve() {
        for (std::size_t i = 0; i < bins_.size(); i += 2) {
            Bin sum = bins_[i];
            if (i + 1 < bins_.size()) {
                sum.requests += bins_[i + 1].requests;
                sum.lost += bins_[i + 1].lost;
            }
            bins_[i / 2] = sum;
        }
        bins_.resize((bins_.size() + 1) / 2);
        width_ *= 2;
        last_ = most;
    }

    Duration width_ = std::chrono::milliseconds{100};
    std::vector<Bin> bins_;
    std::size_t last_ = most;  ///< of the request before, begins at `from_`
    Time from_{};
};

/// Every request of a run, counted in place: no fact is told per request.
struct Ledger {
    static constexpr std::size_t versions = 2;  ///< 0: the revision of t = 0; 1: any later one

    std::uint64_t total = 0;
    std::uint64_t succeeded = 0;
    std::array<std::uint64_t, outcomes> failed{};    ///< by Outcome
    std::array<std::uint64_t, causes> lost{};        ///< the same requests, by Cause
    std::array<std::uint64_t, versions> answered{};  ///< good answers and errors, by version
    std::array<LatencyHistogram, versions> latency{};
    RequestBins bins;
    std::uint64_t errors_new = 0;
    std::uint64_t side_answers = 0;
    std::uint64_t side_errors = 0;
    std::uint64_t failed_in_rollback = 0;
    std::array<Tally, versions> by_version{};  ///< of the requests that met a pod
    std::uint64_t attempts = 0;                ///< with every retry

    void lose(Outcome outcome, Cause cause, std::uint64_t n = 1) {
        failed[static_cast<std::size_t>(outcome)] += n;
        lost[static_cast<std::size_t>(cause)] += n;
    }
    /// One that was lost is lost otherwise, or not at all.
    void not_lost(Outcome outcome, Cause cause) {
        --failed[static_cast<std::size_t>(outcome)];
        --lost[static_cast<std::size_t>(cause)];
    }
    std::uint64_t failures() const {
        std::uint64_t sum = 0;
        for (const std::uint64_t n : failed) sum += n;
        return sum;
    }
};

}  // namespace stratsim
