// SPDX-License-Identifier: Apache-2.0
#include "chat.hpp"

#include "page.hpp"

#include <weir/coro/ok.hpp>
#include <weir/pubsub/member.hpp>
#include <weir/ws/protocol/utf8.hpp>

#include <algorithm>
#include <utility>

namespace {

weir::pubsub::rooms_options room_options() {
    weir::pubsub::rooms_options options;
    options.budget_bytes = std::size_t{256} << 10U;  // beyond it one is too slow for this chat
    return options;
}

/// Names of people and rooms are shown to others.
bool is_presentable(std::string_view name) {
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; };
    return name.size() <= chat::max_name_bytes &&
           std::none_of(name.begin(), name.end(), is_control) &&
           weir::ws::is_utf8(weir::as_bytes(name));
}

}  // namespace

/// Somebody in a room. Lives in the frame of the request that let it in.
class chat::visitor final : private weir::pubsub::member<line> {
public:
    explicit visitor(chat& place, std::string room, std::string name,
                     weir::ws::connection connection)
        : chat_(place),
          room_(std::move(room)),
          name_(std::move(name)),
          connection_(std::move(connection)) {}

    /// Until it leaves, is too slow, or the chat closes.
    [[nodiscard]] weir::task<> stay() {
        co_await weir::with_stop(chat_.closing_, listen_unless_slow());
        using weir::ws::close_code;
        if (too_slow_.stop_requested()) {
            static_cast<void>(co_await connection_.close(close_code::try_again_later, "too slow"));
        } else if (chat_.closing_.stop_requested()) {
            static_cast<void>(co_await connection_.close(close_code::going_away, "closing time"));
        } else {
            static_cast<void>(co_await connection_.close());
        }
    }

private:
    [[nodiscard]] weir::task<> listen_unless_slow() {
        recall();
        auto seat = chat_.rooms_.subscribe(*this, room_);
        chat_.say(room_, "* " + name_ + " has come");
        co_await weir::with_stop(too_slow_, listen());
        seat.cancel();
        if (!chat_.closing_.stop_requested()) chat_.say(room_, "* " + name_ + " has gone");
    }
    [[nodiscard]] weir::task<> listen() {
        for (;;) {
            const auto said = co_await connection_.receive();
            if (!said || !said->is_text()) co_return;
            chat_.say(room_, name_ + ": " + std::string(said->text()));
        }
    }
    /// What was said before it came.
    void recall() {
        const auto* history = chat_.histories_.find(room_);
        if (history == nullptr) return;
        for (const line& each : history->value) connection_.try_send(each);
    }

    [[nodiscard]] std::size_t queued_bytes() const noexcept override {
        return connection_.queued_bytes();
    }
    void deliver(const line& said) override { connection_.try_send(said); }
    void fall_behind() noexcept override { too_slow_.request_stop(); }

    chat& chat_;
    std::string room_;
    std::string name_;
    weir::ws::connection connection_;
    weir::stop_source too_slow_;
};

chat::chat()
    : page_(weir::http::response(weir::http::status::ok, "text/html; charset=utf-8",
                                 std::string(page))),
      rooms_(1, room_options()),
      histories_(max_histories) {
    routes_.add("GET", "/", &chat::show_page).add("GET", "/rooms/{room}/{name}", &chat::enter);
    websocket_.connection.limits.max_message_bytes(max_line_bytes);
}

weir::task<weir::result<void>> chat::answer(weir::http::exchange& exchange) {
    const auto match = routes_.find(exchange.request());
    if (!match.is_found()) {
        co_return co_await exchange.respond(weir::http::answer_without_route(match));
    }
    co_return co_await (this->*routes_.handler(match))(exchange, match);
}

weir::task<weir::result<void>> chat::show_page(weir::http::exchange& exchange,
                                               const weir::http::route_match&) {
    co_return co_await exchange.respond(page_);
}

weir::task<weir::result<void>> chat::enter(weir::http::exchange& exchange,
                                           const weir::http::route_match& match) {
    std::string room(match.parameter("room"));
    std::string name(match.parameter("name"));
    if (!exchange.request().wants_upgrade() || !is_presentable(room) || !is_presentable(name)) {
        co_return co_await exchange.respond(weir::http::status::bad_request, "text/plain",
                                            "a WebSocket, a room and a name are wanted\n");
    }
    auto raw = weir::ok(exchange.take_connection());
    auto upgrading = weir::ws::upgrade(std::move(raw.socket), std::move(raw.request),
                                       std::move(raw.leftover), websocket_);
    auto connection = co_await weir::ok(std::move(upgrading));
    visitor entering(*this, std::move(room), std::move(name), std::move(connection));
    co_await entering.stay();
    co_return weir::result<void>();
}

void chat::say(const std::string& room, std::string_view text) {
    const line said(weir::ws::message_kind::text, weir::as_bytes(text));
    auto* history = histories_.find(room);
    if (history == nullptr) history = histories_.put(room, {});
    history->value.push_back(said);
    if (history->value.size() > max_history) history->value.pop_front();
    static_cast<void>(rooms_.publish(room, said));  // it fails only where there are other shards
}
