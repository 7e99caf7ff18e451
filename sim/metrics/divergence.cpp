#include "sim/metrics/divergence.hpp"

#include "sim/numbers/elementary.hpp"

#include <cmath>

namespace stratsim {

namespace {

struct Unevenness {
    std::optional<double> cv;
    std::optional<double> cv_by_chance;
    std::optional<double> max_over_mean;
    std::optional<double> chi_square_p;
};

/// A pod's expectation is its part of the listing while it listened, so that a pod that lived half
/// as long is not called unlucky: chi-square = sum (X - E)^2 / E.
Unevenness unevenness_of(const World& world) {
    constexpr double rounding = 1e-9;
    const Listing& listing = world.cluster().service().listing();
    const auto& pods = world.cluster().pods();
    std::vector<double> expected(pods.size());
    double all_expected = 0;
    double all_visits = 0;
    double most = 0;
    int listed = 0;
    for (std::size_t i = 0; i < pods.size(); ++i) {
        const auto id = static_cast<PodId>(i);
        const double accepted = listing.expected_seconds(id, world.settled()) -
                                listing.refused_seconds(id, world.settled());
        if (accepted > rounding) expected[i] = accepted;
        all_expected += expected[i];
        const auto visits = static_cast<double>(pods[i].visits);
        all_visits += visits;
        if (expected[i] > 0) ++listed;
    }
    if (listed == 0 || all_visits <= 0) return {};
    const double mean = all_visits / listed;
    double deviation = 0;
    double by_chance = 0;
    double chi_square = 0;
    for (std::size_t i = 0; i < pods.size(); ++i) {
        if (expected[i] <= 0) continue;
        const double part = expected[i] / all_expected;
        const double e = part * all_visits;
        const double x = static_cast<double>(pods[i].visits);
        deviation += (x - e) * (x - e);
        by_chance += e * (1.0 - part);
        chi_square += (x - e) * (x - e) / e;
        most = std::max(most, x);
    }
    Unevenness spread{.cv = std::sqrt(deviation / listed) / mean,
                      .cv_by_chance = std::sqrt(by_chance / listed) / mean,
                      .max_over_mean = most / mean,
                      .chi_square_p = std::nullopt};
    if (listed > 1) spread.chi_square_p = chi_square_tail(chi_square, listed - 1);
    return spread;
}

}  // namespace

void Divergence::rows(Measures& measures, const World& world) {
    const Visits& visits = world.cluster().visits();
    const auto count = [&](std::string_view path, double n) { measures.add(path, n); };
    const bool known = world.traffic().knows_requests();
    const auto of_users = [&](std::string_view path, double n) {
        measures.add(path, known ? std::optional(n) : std::nullopt);
    };
    // Counted requests are visits too, but nobody knows which numbers they were shown.
    count("visits.total",
          static_cast<double>(known ? visits.total() : world.traffic().ledger().succeeded));
    const Unevenness spread = unevenness_of(world);
    measures.add("visits.divergence.cv", spread.cv);
    measures.add("visits.divergence.cv_by_chance", spread.cv_by_chance);
    measures.add("visits.divergence.max_over_mean", spread.max_over_mean);
    measures.add("visits.divergence.chi_square_p", spread.chi_square_p);
    of_users("visits.duplicates", static_cast<double>(visits.total() - visits.distinct()));
    of_users("visits.backward_reads", static_cast<double>(visits.backward_reads()));
    of_users("visits.lost_updates",
             static_cast<double>(visits.total()) - static_cast<double>(visits.stored()));
}

}  // namespace stratsim
