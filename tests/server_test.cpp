#include "sim/pods/server.hpp"

#include <doctest/doctest.h>

using namespace stratsim;

namespace {

Time ms(int ms) {
    return Time{std::chrono::milliseconds{ms}};
}

/// Sends a request of `service` ms at `now` and returns when it ends.
Time send(Server& server, int now, int service) {
    const Time begins = server.begins(ms(now));
    InFlight request;
    request.end = begins + std::chrono::milliseconds{service};
    request.arrival = ms(now);
    server.admit(request, begins);
    return request.end;
}

Server server_of(int concurrency, std::optional<int> queue) {
    PodTemplate made_of;
    made_of.concurrency = concurrency;
    made_of.queue = queue;
    return Server(made_of);
}

}  // namespace

TEST_CASE("two workers serve two requests at once and the third waits for the first free one") {
    Server server = server_of(2, std::nullopt);
    CHECK(send(server, 0, 10) == ms(10));
    CHECK(send(server, 0, 30) == ms(30));
    CHECK(send(server, 1, 5) == ms(15));
    CHECK(server.in_system(ms(1)) == 3);
    CHECK(server.in_system(ms(15)) == 1);
    CHECK(server.last_end(ms(15)) == ms(30));
}

TEST_CASE("a pod is full when all workers and all places to wait are taken") {
    Server server = server_of(1, 1);
    send(server, 0, 10);
    CHECK_FALSE(server.full(ms(0)));
    send(server, 0, 10);
    CHECK(server.full(ms(0)));
    CHECK_FALSE(server.full(ms(10)));
}

TEST_CASE("without a limit every request begins at once") {
    Server server = server_of(0, std::nullopt);
    for (int i = 0; i < 100; ++i) CHECK(send(server, 0, 10) == ms(10));
    CHECK(server.in_flight(ms(5)).size() == 100);
    CHECK(server.in_flight(ms(10)).empty());
}

TEST_CASE("requests that share processors end in the order of their work, whoever left before") {
    PodTemplate made_of;
    made_of.concurrency = 0;  // enough for all: none slows another
    made_of.discipline = Discipline::sharing;
    Server server(made_of);
    std::vector<std::uint32_t> ended;
    const auto work_until = [&](int now) {
        server.work_until(ms(now), [&](const InFlight& r) {
            CHECK(r.end == ms(static_cast<int>(r.user)));
            ended.push_back(r.user);
        });
    };
    const auto send_ending_at = [&](int now, int end) {
        InFlight request;
        request.arrival = ms(now);
        request.user = static_cast<std::uint32_t>(end);
        server.share(request, std::chrono::milliseconds{end - now});
    };
    work_until(0);
    for (const int end : {70, 10, 50, 30, 90}) send_ending_at(0, end);
    work_until(35);
    for (const int end : {60, 40, 80}) send_ending_at(35, end);
    work_until(100);
    CHECK(ended == std::vector<std::uint32_t>{10, 30, 40, 50, 60, 70, 80, 90});
    CHECK(server.in_flight(ms(100)).empty());
}
