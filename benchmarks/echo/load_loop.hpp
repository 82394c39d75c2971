// SPDX-License-Identifier: Apache-2.0
// The loop of a load generator that looks at no message's latency: connections under one epoll, a
// warm-up, and how many messages they were served in the time after it.
#pragma once

#include "command_line.hpp"

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace echo {

/// A `Connection` has an `fd` and counts as `served` the replies that it got.
template <class Connection>
class load_loop {
public:
    explicit load_loop(std::size_t connections) : connections_(connections) {}

    [[nodiscard]] std::vector<Connection>& connections() { return connections_; }

    /// Has the turn called for one of the connections whenever one of `events` comes.
    void watch(Connection& c, std::uint32_t events) {
        epoll_event event{};
        event.events = events;
        event.data.ptr = &c;
        if (epoll_ctl(epoll_, EPOLL_CTL_ADD, c.fd, &event) != 0) die("epoll_ctl");
    }

    /// Prints what `turn(Connection&)` has got served, with `more` members of the JSON object.
    template <class Turn>
    void measure(double warmup_seconds, double seconds, Turn turn, const std::string& more = {}) {
        loop_for(warmup_seconds, turn);
        for (Connection& c : connections_) c.served = 0;
        const auto begin = clock::now();
        loop_for(seconds, turn);
        const double took = std::chrono::duration<double>(clock::now() - begin).count();
        std::uint64_t total = 0;
        for (const Connection& c : connections_) total += c.served;
        std::printf("{\"messages\": %llu, \"seconds\": %.6f, \"rate\": %.1f%s}\n",
                    static_cast<unsigned long long>(total), took, static_cast<double>(total) / took,
                    more.c_str());
    }

private:
    using clock = std::chrono::steady_clock;

    template <class Turn>
    void loop_for(double seconds, Turn& turn) {
        const auto until = clock::now() + std::chrono::duration<double>(seconds);
        std::array<epoll_event, 512> events;
        while (clock::now() < until) {
            const int n = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
            for (int k = 0; k < n; ++k)
                turn(*static_cast<Connection*>(events[static_cast<std::size_t>(k)].data.ptr));
        }
    }

    std::vector<Connection> connections_;
    int epoll_ = epoll_create1(EPOLL_CLOEXEC);
};

}  // namespace echo
