#pragma once

#include "sim/numbers/distribution.hpp"
#include "sim/share.hpp"
#include "sim/time.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace stratsim {

/// What a program does when it is told to end.
enum class OnSigterm {
    exit,    ///< gone at once, requests in flight die
    drain,   ///< stops listening, finishes what it has
    serve,   ///< serves on for the shutdown time, then drains
    ignore,  ///< serves on until it is killed
};

/// Who shares a pod's capacity, and how.
enum class Discipline {
    first_come,  ///< so many requests at once, the others wait
    sharing,     ///< all at once, each the slower the more there are
};

/// A probe as the kubelet runs it. Source: Kubernetes, core/v1 Probe.
struct Probe {
    Duration initial_delay{};
    Duration period = std::chrono::seconds{10};
    Duration timeout = std::chrono::seconds{1};  ///< a later answer is a failure
    int success_threshold = 1;
    int failure_threshold = 3;

    friend bool operator==(const Probe&, const Probe&) = default;
};

/// When a pod counts as ready.
enum class ReadyWhen {
    booted,   ///< the instant its program listens (a pod described by flags)
    started,  ///< when its container starts, while the program still boots (no readiness probe)
    probed,   ///< when its readiness probe has succeeded often enough
};

/// One revision of the pod template: what is known, or assumed, of a version.
struct PodTemplate {
    Distribution boot;          ///< from container start until the program listens
    Distribution service_time;  ///< of one request
    Share errors = nothing;     ///< part of the answers that are errors
    bool becomes_ready = true;
    std::optional<std::uint32_t>
        never_ready_from{};  ///< pods from this one on (the first is 0) never are
    std::vector<Duration>
        boots{};  ///< taken in order of creation, over and over, instead of `boot`
    OnSigterm on_sigterm = OnSigterm::drain;
    Distribution shutdown;  ///< from SIGTERM until the process ends by itself
    /// From SIGTERM until a program that exits at once is gone; until then it takes requests.
    Distribution exit_lag{};
    Duration pre_stop{};
    Duration grace = std::chrono::seconds{30};
    Discipline discipline = Discipline::first_come;
    int concurrency = 10;      ///< requests served at once; 0: no limit. Sharing: processors
    std::optional<int> queue;  ///< requests that may wait; unset: no limit
    /// A fresh pod works so many times slower; it warms with its age or with its requests.
    std::vector<double> slower{};  ///< times the service time, by pod of t = 0
    double cold_factor = 1;
    Duration warms_over{};  ///< time constant by age; zero: by requests
    double warms_over_requests = 0;
    ReadyWhen ready_when = ReadyWhen::booted;
    std::optional<Probe> readiness;
    std::optional<Probe> startup;
    /// The number by which selectors and counts know it; unset: the next one, given when it is first
    /// applied. Templates of one number are the same.
    std::optional<std::size_t> version{};
    /// To answer a probe, beside waiting for a worker; unset: as a request, which it is for most.
    std::optional<Distribution> probe_time{};
    /// An answer with an error takes so long; unset: as any other. A pod that fails fast has little
    /// to do, and a balancer that looks for that sends it more.
    std::optional<Distribution> error_time{};

    friend bool operator==(const PodTemplate&, const PodTemplate&) = default;
};

}  // namespace stratsim
