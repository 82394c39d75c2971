// SPDX-License-Identifier: Apache-2.0
#include "participant.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/when_any.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sim/random.hpp>
#include <weir/ws/connect.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>

namespace weir::sim::test {

namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 3> rooms{"red", "green", "blue"};

const ws::client_options& impatient() {
    static const ws::client_options options = [] {
        ws::client_options made;
        made.connection.ping_interval = 2s;
        made.connection.pong_timeout = 2s;
        return made;
    }();
    return options;
}

/// What stands between `before` and the next quote; the server writes its JSON always alike.
std::optional<std::string_view> word_after(std::string_view text, std::string_view before) {
    const auto at = text.find(before);
    if (at == std::string_view::npos) return std::nullopt;
    const auto begin = at + before.size();
    return text.substr(begin, text.find('"', begin) - begin);
}

std::uint64_t number_in(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// One connection at work.
class visit {
public:
    explicit visit(minutes_book& book, std::size_t client, random chance)
        : book_(book), client_(client), chance_(chance) {}

    task<result<void>> run() {
        const ws::url where = ok(ws::url::parse("ws://server:8080/ws"));
        ws::connection server = co_await ok(with_timeout(3s, ws::connect(where, impatient())));
        record_ = &book_.sessions.emplace_back(client_);
        auto hearing = hear(server);
        auto speaking = speak(server);
        static_cast<void>(co_await when_any(std::move(hearing), std::move(speaking)));
        record_->is_open = false;
        co_return co_await server.close();
    }

private:
    task<result<void>> hear(ws::connection& server) {
        for (;;) {
            const ws::message message = co_await ok(server.receive());
            note(message.text());
        }
    }
    task<result<void>> speak(ws::connection& server) {
        for (const std::string_view room : rooms) {
            if (!chance_.chance(0.7)) continue;
            const std::string text =
                R"({"type":"subscribe","room":")" + std::string(room) + R"("})";
            co_await ok(server.send_text(text));
        }
        for (;;) {
            co_await ok(sleep_for(chance_.between(5ms, 500ms)));
            if (book_.quiet) continue;
            co_await ok(publish(server));
        }
    }
    task<result<void>> publish(ws::connection& server) {
        const std::string room(rooms[chance_.below(rooms.size())]);
        const event_name event(client_, ++book_.newest[client_]);
        const std::string padding(chance_.below(2000), 'p');
        const std::string text = R"({"type":"publish","room":")" + room + R"(","data":"by )" +
                                 std::to_string(client_) + " no " + std::to_string(event.number) +
                                 " " + padding + R"("})";
        waiting_.push_back(&book_.publishes.emplace_back(event, room, reactor::current().now()));
        co_await ok(server.send_text(text));
        co_return co_await server.send_text(R"({"type":"ping"})");
    }

    void note(std::string_view text) {
        const auto type = word_after(text, R"("type":")");
        const auto room = word_after(text, R"("room":")");
        if (type == "subscribed") {
            record_->subscribed.emplace(*room, reactor::current().now());
        } else if (type == "event") {
            const auto data = *word_after(text, R"("data":")");
            record_->heard[std::string(*room)].emplace_back(
                number_in(data.substr(3)), number_in(data.substr(data.find(" no ") + 4)));
        } else if (type == "pong" && !waiting_.empty()) {
            // The server was busy and had said so: then this one was not taken.
            waiting_.front()->is_acknowledged = !std::exchange(refused_, false);
            waiting_.pop_front();
        } else if (type == "error") {
            refused_ = true;
        }
    }

    minutes_book& book_;
    std::size_t client_;
    random chance_;
    session_record* record_ = nullptr;
    std::deque<publish_record*> waiting_;  // for their pong
    bool refused_ = false;                 // the publish whose pong comes next
};

std::string describe(const event_name& event) {
    return "event " + std::to_string(event.number) + " of client " +
           std::to_string(event.publisher);
}

}  // namespace

task<> take_part(minutes_book& book, std::size_t client, std::uint64_t seed) {
    random chance(seed);
    // A process that was killed has left its sessions open in the book.
    for (session_record& each : book.sessions) {
        if (each.client == client) each.is_open = false;
    }
    for (;;) {
        visit next(book, client, chance.fork());
        static_cast<void>(co_await next.run());
        const auto slept = co_await sleep_for(chance.between(50ms, 1s));
        if (!slept) co_return;
    }
}

std::string minutes_book::verdict() const {
    std::string broken;
    for (const session_record& session : sessions) {
        for (const auto& [room, events] : session.heard) {
            std::map<std::size_t, std::uint64_t> last;
            for (const event_name& each : events) {
                std::uint64_t& before = last[each.publisher];
                if (each.number <= before) broken += describe(each) + " came twice or too late\n";
                before = std::max(before, each.number);
            }
        }
        if (!session.is_open) continue;
        for (const publish_record& each : publishes) {
            const auto since = session.subscribed.find(each.room);
            if (!each.is_acknowledged || since == session.subscribed.end()) continue;
            if (each.sent <= since->second) continue;
            const auto heard = session.heard.find(each.room);
            const bool came = heard != session.heard.end() &&
                              std::find(heard->second.begin(), heard->second.end(), each.event) !=
                                  heard->second.end();
            if (!came) {
                broken += describe(each.event) + " never came to client " +
                          std::to_string(session.client) + "\n";
            }
        }
    }
    return broken;
}

std::uint64_t minutes_book::heard() const {
    std::uint64_t count = 0;
    for (const session_record& session : sessions) {
        for (const auto& [room, events] : session.heard) count += events.size();
    }
    return count;
}

}  // namespace weir::sim::test
