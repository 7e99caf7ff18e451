#pragma once

#include "sim/cluster/cluster.hpp"
#include "sim/ledger.hpp"
#include "sim/numbers/random.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stratsim {

/// Why the requests of this setup have to be followed one by one; unset: counting them is exact.
std::optional<std::string> needs_single_requests(const Setup& setup);

/// The requests of pods that serve any number at once, counted instead of followed.
///
/// Poisson requests that choose their pod by chance are independent Poisson processes, one for each
/// pod, outcome and stretch of time (splitting theorem). So only means are kept, and numbers are
/// drawn when somebody asks: how many requests each 100 ms had, how many of them each pod got, how
/// many were in flight when a pod ended. What that costs does not depend on the rate.
class Aggregate {
  public:
    Aggregate(Cluster& cluster, Ledger& ledger);

    /// Gathers what comes until `until`, before the cluster changes.
    void run_until(Time until);
    /// Draws what has come so far, if controllers look at it.
    void reveal();
    /// The pod's process ends now; how many requests die with it.
    std::size_t cut(PodId pod);
    /// Draws all that has not been drawn, and gives each pod its part.
    void finish();

  private:
    /// What is known already of a pod's requests.
    struct Known {
        double mean = 0;  ///< of what is known; the rest is still to be drawn
        std::uint64_t killed = 0;
        bool ended = false;  ///< it takes no more, and what was in flight has been drawn
    };
    /// Of what a pod accepted lately, what is in flight at two instants.
    struct Flight {
        std::vector<Listing::Piece> pieces;  ///< amounts: requests
        std::vector<double> later;           ///< of each piece: still in flight at the later
        std::vector<double> between;         ///< ended between the two
        double sum_later = 0;
        double sum_between = 0;
    };

    /// What a pod makes of a request. Kinds of end are numbered by version and fate; the last one
    /// is to find no pod.
    enum class Fate : std::size_t { answered, error, refused };
    static constexpr std::size_t fates = 3;
    static std::size_t kind(std::size_t version, Fate fate) {
        return fates * version + static_cast<std::size_t>(fate);
    }
    static std::size_t version_of(std::size_t kind) { return kind / fates; }
    static Fate fate_of(std::size_t kind) { return static_cast<Fate>(kind % fates); }
    bool has_pod(std::size_t kind) const { return kind + 1 < kinds_; }
    /// 0: of a version that ran at t = 0; 1: of a later one.
    std::size_t side_of(std::size_t version) const { return cluster_.stood(version) ? 0 : 1; }

    double* means_at(Time at);
    void set_rates();
    void flush(std::size_t bins);
    void count(Time at, std::size_t kind, std::uint64_t n);
    void name_causes(std::size_t bin, std::size_t kind, std::uint64_t n);
    Time last_end(PodId pod, Time at_least, Time kill);
    std::optional<Flight> in_flight(PodId pod, Time at_least, Time kill);
    double most_in_flight(PodId pod, double tail) const;
    void cut_at_bins(std::vector<Listing::Piece>& pieces) const;
    Known& known(PodId pod);
    void note(PodId pod, const Flight& flight, std::uint64_t killed, std::uint64_t survive);
    void note_piece(PodId pod, Time at, double mean_later, double mean_between,
                    std::uint64_t killed, std::uint64_t survive);
    void kill(PodId pod, Time arrival, std::uint64_t n);
    std::vector<std::uint64_t> distribute(PodId pod, std::uint64_t n,
                                          const std::vector<double>& weights, std::uint64_t which);
    void share_out(std::size_t revision);
    void draw_latencies(std::size_t revision);
    Block draws(Concern concern, std::uint64_t entity, std::uint64_t index = 0) const {
        return random_.block(concern, entity, index);
    }

    Cluster& cluster_;
    Ledger& ledger_;
    Randomness random_;
    double rate_;              ///< requests a second, for each balancer
    std::size_t kinds_;        ///< of each revision: answered, error, refused; and no endpoint
    Duration width_;           ///< of a bin
    Duration horizon_{};       ///< no request takes longer
    Time at_ = command;        ///< gathered until here
    Time revealed_ = command;  ///< drawn until here
    std::int64_t first_bin_ = 0;
    std::vector<double> means_;  ///< by bin and kind, not drawn yet
    std::vector<double> rates_;  ///< by kind: part of all requests, now
    // Of what is refused or has no endpoint: which part is lost for the rarer causes.
    std::size_t rarer_;                ///< two of each revision, and one of no endpoint
    std::vector<double> rarer_means_;  ///< by bin and cause, as `means_`
    std::vector<double> rarer_rates_;  ///< by cause, as `rates_`
    bool any_rarer_ = false;
    std::vector<std::uint64_t> counted_;  ///< by kind: drawn, and not given to a pod yet
    std::vector<std::uint64_t> served_;   ///< by revision: good answers
    std::vector<Known> known_;
    std::uint64_t flushes_ = 0;
    bool looked_at_ = false;  ///< controllers look at errors
    bool going_back_ = false;
};

}  // namespace stratsim
