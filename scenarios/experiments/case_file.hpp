// Everything that bears on the requests of one run: what each pod did, what each balancer had heard
// of it, and where each request was sent.
#pragma once

#include "scenarios/settings/scenario.hpp"
#include "sim/ledger.hpp"
#include "sim/network/listing.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace stratsim {

/// What one pod did, and what the balancers heard of it.
struct PodHistory {
    struct News {
        Time at{};
        Heard state = Heard::unknown;
        std::size_t consumer = 0;
    };

    std::string name;
    std::size_t revision = 0;
    Time created{};
    std::optional<Time> listens{};
    std::optional<Time> ready{};
    std::optional<Time> listed{};  ///< when the API did, as PodLife has it
    std::optional<Time> deleted{};
    std::optional<Time> sigterm{};
    std::optional<Time> deaf{};  ///< when it stopped listening
    std::optional<Time> gone{};
    std::vector<News> news{};

    bool listens_at(Time at) const;
    /// Until when it is listed and does not listen yet, as PodLife has it.
    std::optional<Time> early_until() const;
    /// What a balancer believed of it.
    Heard view(std::size_t consumer, Time at) const;
    /// When a balancer heard that it ends.
    std::optional<Time> end_heard(std::size_t consumer) const;
};

struct CaseFile {
    std::vector<PodHistory> pods;
    std::vector<RequestRecord> records;  ///< request N is the N-th, from 1
    std::vector<Try> tries;              ///< by record, in order
    Time settled{};

    /// Where a request was sent, in order.
    std::span<const Try> tries_of(std::uint32_t number) const;
};

/// Simulates one run of the scenario and keeps everything.
CaseFile open_case(const Scenario& scenario, std::uint64_t run);

/// How one request came to be lost.
struct CauseChain {
    Cause cause = Cause::none;
    Outcome outcome = Outcome::success;
    Time at{};                          ///< when it was sent where it was lost
    std::optional<std::size_t> pod{};   ///< the last one that had it
    Heard view = Heard::unknown;        ///< what the balancer believed of that pod
    std::optional<Time> wrong_since{};  ///< since when that was not true
    std::optional<Time> heard{};        ///< when the balancer hears of it
    std::size_t tries = 0;
};

/// Of a request that was lost.
CauseChain chain_of(const CaseFile& file, std::uint32_t number);

}  // namespace stratsim
