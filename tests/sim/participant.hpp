// SPDX-License-Identifier: Apache-2.0
// participant: a client of the event server that subscribes, publishes and comes back when its
// connection breaks; and the book in which all of them write what they said and heard.
#pragma once

#include <weir/coro/task.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace weir::sim::test {

using moment = std::chrono::steady_clock::time_point;

/// One event: who published it, and the how-manyth of that one it was.
class event_name {
public:
    event_name(std::size_t who, std::uint64_t which) noexcept : publisher(who), number(which) {}
    auto operator<=>(const event_name&) const = default;
    std::size_t publisher;
    std::uint64_t number;
};

/// One connection of one client.
class session_record {
public:
    explicit session_record(std::size_t of) : client(of) {}
    std::size_t client;
    bool is_open = true;
    std::map<std::string, moment> subscribed;  ///< by room, when the server had said so
    std::map<std::string, std::vector<event_name>> heard;
};

/// One publish.
class publish_record {
public:
    explicit publish_record(event_name what, std::string where, moment when)
        : event(what), room(std::move(where)), sent(when) {}
    event_name event;
    std::string room;
    moment sent;
    bool is_acknowledged = false;
};

class minutes_book {
public:
    minutes_book() = default;

    std::list<session_record> sessions;
    std::list<publish_record> publishes;
    std::map<std::size_t, std::uint64_t> newest;  ///< number of each publisher, over its restarts
    bool quiet = false;                           ///< nobody publishes any more

    /// What does not hold of what was written; empty = all does.
    [[nodiscard]] std::string verdict() const;
    [[nodiscard]] std::uint64_t heard() const;
};

/// Takes part until it is stopped.
[[nodiscard]] task<> take_part(minutes_book& book, std::size_t client, std::uint64_t seed);

}  // namespace weir::sim::test
