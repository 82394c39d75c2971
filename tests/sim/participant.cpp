// SPDX-License-Identifier: Apache-2.0
#include "participant.hpp"

#include <weir/base/random.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/when_any.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/net/connect.hpp>
#include <weir/sync/channel.hpp>
#include <weir/ws/connect.hpp>

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
constexpr std::size_t usual_text_bytes = 2000;
constexpr std::size_t longest_text_bytes = 60'000;

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

/// One connection at work: three tasks, of which the first that fails ends the others.
///
///   plan --outbox--> speak --> server --> hear
class visit {
public:
    explicit visit(minutes_book& book, std::size_t client, random chance)
        : book_(book), client_(client), chance_(chance) {}

    task<result<void>> run() {
        const ws::url where = ok(ws::url::parse("ws://server:8080/ws"));
        ws::connection server = co_await ok(with_timeout(3s, ws::connect(where, impatient())));
        record_ = &book_.sessions.emplace_back(client_);
        number_ = book_.sessions.size();
        auto hearing = hear(server);
        auto planning = plan();
        auto speaking = speak(server);
        auto ended =
            co_await when_any(std::move(hearing), std::move(planning), std::move(speaking));
        note_end(ended.outcome<0>(), ended.outcome<2>());
        co_return co_await server.close();
    }

private:
    task<result<void>> hear(ws::connection& server) {
        for (;;) {
            if (!book_.is_calm && chance_.chance(0.002)) {
                co_await ok(sleep_for(chance_.between(1s, 15s)));
            }
            if (chance_.chance(0.2)) {
                co_await ok(hear_soon(server));
            } else {
                const ws::message message = co_await ok(server.receive());
                // Some are looked at for a while, in memory that is the loop's.
                if (chance_.chance(0.05)) co_await ok(sleep_for(chance_.between(1ms, 20ms)));
                note(message.text());
            }
        }
    }
    /// What does not come in time comes later.
    task<result<void>> hear_soon(ws::connection& server) {
        auto message = co_await with_timeout(chance_.between(1ms, 50ms), server.receive());
        if (message) note(message->text());
        if (!message && message.error() != std::errc::timed_out) co_return fail(message.error());
        co_return {};
    }

    task<result<void>> plan() {
        for (const std::string_view room : rooms) {
            if (!chance_.chance(0.7)) continue;
            std::string text = R"({"type":"subscribe","room":")" + std::string(room) + R"("})";
            co_await ok(outbox_.send(std::move(text)));
        }
        for (;;) {
            co_await ok(sleep_for(chance_.between(5ms, 1s)));
            const std::uint64_t burst = 1 + chance_.below(3);
            for (std::uint64_t i = 0; i < burst && !book_.is_quiet; ++i) co_await ok(publish());
        }
    }
    task<result<void>> publish() {
        const std::string room(rooms[chance_.below(rooms.size())]);
        const event_name event(number_, ++published_);
        const std::size_t longest = chance_.chance(0.1) ? longest_text_bytes : usual_text_bytes;
        const std::string padding(chance_.below(longest), 'p');
        std::string text = R"({"type":"publish","room":")" + room + R"(","data":"by )" +
                           std::to_string(number_) + " no " + std::to_string(event.number) + " " +
                           padding + R"("})";
        waiting_.push_back(&book_.publishes.emplace_back(event, room, reactor::current().now()));
        co_await ok(outbox_.send(std::move(text)));
        co_return co_await outbox_.send(R"({"type":"ping"})");
    }
    task<result<void>> speak(ws::connection& server) {
        for (;;) {
            const std::string text = co_await ok(outbox_.receive());
            co_await ok(server.send_text(text));
        }
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
            note_answer(*waiting_.front());
            waiting_.pop_front();
        } else if (type == "error") {
            refused_ = true;
        }
    }
    void note_answer(publish_record& asked) {
        // The server was busy and had said so: then this one was not taken.
        asked.is_acknowledged = !std::exchange(refused_, false);
        book_.answered[client_] = asked.sent;
    }
    void note_end(const result<void>& heard, const result<void>& spoken) {
        record_->is_open = false;
        if (book_.is_over) return;
        book_.broken_off.push_back("client " + std::to_string(client_) + " broke off: " +
                                   heard.error().message() + " / " + spoken.error().message());
    }

    minutes_book& book_;
    std::size_t client_;
    random chance_;
    channel<std::string> outbox_{2};
    session_record* record_ = nullptr;
    std::size_t number_ = 0;  // of this session
    std::uint64_t published_ = 0;
    std::deque<publish_record*> waiting_;  // for their pong
    bool refused_ = false;                 // the publish whose pong comes next
};

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

task<> knock(net::endpoint server, std::uint64_t seed) {
    random chance(seed);
    for (;;) {
        const auto socket = co_await net::connect(server);
        const auto slept = co_await sleep_for(chance.between(0us, 2ms));
        if (!slept) co_return;
    }
}

}  // namespace weir::sim::test
