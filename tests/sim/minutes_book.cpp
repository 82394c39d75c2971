// SPDX-License-Identifier: Apache-2.0
#include "minutes_book.hpp"

#include <algorithm>
#include <set>

namespace weir::sim::test {

namespace {

std::string describe(const event_name& event) {
    return "event " + std::to_string(event.number) + " of session " + std::to_string(event.session);
}

/// Each event comes once, and those of one session in their order.
std::string disorder_of(const session_record& session) {
    std::string broken;
    for (const auto& [room, events] : session.heard) {
        std::map<std::size_t, std::uint64_t> last;
        for (const event_name& each : events) {
            std::uint64_t& before = last[each.session];
            if (each.number <= before) broken += describe(each) + " came twice or too late\n";
            before = std::max(before, each.number);
        }
    }
    return broken;
}

/// The acknowledged events that should have reached `session` and did not.
std::vector<event_name> missing_of(const session_record& session,
                                   const std::list<publish_record>& publishes) {
    std::map<std::string, std::set<event_name>> heard;
    for (const auto& [room, events] : session.heard)
        heard[room].insert(events.begin(), events.end());
    std::vector<event_name> missing;
    for (const publish_record& each : publishes) {
        const auto since = session.subscribed.find(each.room);
        if (!each.is_acknowledged || since == session.subscribed.end()) continue;
        if (each.sent <= since->second || heard[each.room].contains(each.event)) continue;
        missing.push_back(each.event);
    }
    return missing;
}

}  // namespace

std::string minutes_book::verdict(std::uint64_t dropped) const {
    std::string broken;
    std::string lost;
    std::uint64_t missing = 0;
    for (const session_record& session : sessions) {
        broken += disorder_of(session);
        if (!session.is_open) continue;
        for (const event_name& each : missing_of(session, publishes)) {
            ++missing;
            lost +=
                describe(each) + " never came to client " + std::to_string(session.client) + "\n";
        }
    }
    if (missing > dropped) {
        broken += lost + "of these the server has dropped " + std::to_string(dropped) + "\n";
    }
    return broken;
}

std::string minutes_book::without_answer(std::size_t clients, moment since) const {
    std::string silent;
    for (std::size_t client = 0; client < clients; ++client) {
        const auto last = answered.find(client);
        if (last != answered.end() && last->second >= since) continue;
        silent += "client " + std::to_string(client) + " gets no answers any more\n";
    }
    return silent;
}

std::uint64_t minutes_book::heard() const {
    std::uint64_t count = 0;
    for (const session_record& session : sessions) {
        for (const auto& [room, events] : session.heard) count += events.size();
    }
    return count;
}

}  // namespace weir::sim::test
