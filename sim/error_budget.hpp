#pragma once

namespace stratsim {

/// Minutes of outage that an objective leaves in a period. Source: Google, SRE book, chapter 3.
constexpr double error_budget_minutes(double objective, double days) {
    return (1.0 - objective) * days * 24 * 60;
}

/// Deployments with so much outage each that fit into the budget.
constexpr double deployments_within(double objective, double days, double outage_seconds) {
    return error_budget_minutes(objective, days) * 60 / outage_seconds;
}

}  // namespace stratsim
