// SPDX-License-Identifier: Apache-2.0
// minutes_book: what the clients of an event server said and heard, and whether that is what the
// server promises.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace weir::sim::test {

using moment = std::chrono::steady_clock::time_point;

/// One event: the session that published it, and the how-manyth of that one it was.
class event_name {
public:
    event_name(std::size_t by, std::uint64_t which) noexcept : session(by), number(which) {}
    auto operator<=>(const event_name&) const = default;
    std::size_t session;
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
    std::map<std::size_t, moment> answered;  ///< when the newest answered publish was sent
    std::vector<std::string> broken_off;     ///< sessions that nobody had asked to end
    bool is_calm = false;                    ///< nobody stops reading any more
    bool is_quiet = false;                   ///< nobody publishes any more
    bool is_over = false;                    ///< everybody leaves

    /// What does not hold of what was heard; empty = all does.
    /// @param dropped  events that the server has dropped for those that were too slow.
    [[nodiscard]] std::string verdict(std::uint64_t dropped) const;
    /// Who of `clients` has had no answer since `since`; empty = nobody.
    [[nodiscard]] std::string without_answer(std::size_t clients, moment since) const;
    [[nodiscard]] std::uint64_t heard() const;
};

}  // namespace weir::sim::test
