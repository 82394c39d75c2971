// SPDX-License-Identifier: Apache-2.0
#include "client.hpp"

#include <weir/io/shard.hpp>

#include <chrono>
#include <utility>

client::client(server_state& server, command_parser& parser, list& siblings,
               weir::ws::connection connection)
    : server_(server),
      parser_(parser),
      siblings_(siblings),
      place_(siblings.insert(siblings.end(), this)),
      shard_(weir::this_shard().index()),
      connection_(std::move(connection)) {
    server_.metrics.clients.at(shard_).add();
}

client::~client() {
    give_up_place();
    server_.metrics.clients.at(shard_).subtract();
}

weir::task<> client::serve() {
    co_await weir::with_stop(leaving_, talk());
    rooms_.clear();
    static_cast<void>(co_await connection_.close(code_, reason_));
}

void client::leave(weir::ws::close_code code, std::string_view reason) noexcept {
    if (leaving_.stop_requested()) return;
    give_up_place();
    code_ = code;
    reason_ = reason;
    leaving_.request_stop();
}

void client::give_up_place() noexcept {
    if (place_ != siblings_.end()) siblings_.erase(std::exchange(place_, siblings_.end()));
}

weir::task<> client::talk() {
    for (;;) {
        std::string answer;
        {
            // The lease on the received bytes must not last through the wait for room to answer.
            const auto message = co_await connection_.receive();
            if (!message) co_return;
            server_.metrics.messages.at(shard_).add();
            answer = message->is_text() ? answer_to(message->text())
                                        : error("text messages are expected");
        }
        if (answer.empty()) continue;
        if (!co_await connection_.send_text(answer)) co_return;
    }
}

std::string client::answer_to(std::string_view text) {
    const auto asked = parser_.parse(text);
    if (!asked) return error(asked.error());
    switch (asked->type) {
        case command_type::subscribe:
            return subscribe(asked->room);
        case command_type::unsubscribe:
            return unsubscribe(asked->room);
        case command_type::publish:
            return publish(*asked);
        case command_type::ping:
            break;
    }
    return std::string(pong_text);
}

std::string client::subscribe(std::string_view room) {
    if (!rooms_.contains(room)) {
        if (rooms_.size() >= server_settings::max_rooms_a_connection) {
            return error("a connection may be in 100 rooms");
        }
        rooms_.emplace(room, server_.rooms.subscribe(*this, room));
    }
    return subscribed_text(room);
}

std::string client::unsubscribe(std::string_view room) {
    const auto found = rooms_.find(room);
    if (found == rooms_.end()) return error("not subscribed to this room");
    rooms_.erase(found);
    return unsubscribed_text(room);
}

std::string client::publish(const command& asked) {
    const auto began = std::chrono::steady_clock::now();
    const std::string text = event_text(asked.room, asked.data);
    const weir::ws::prepared_message event(weir::ws::message_kind::text, weir::as_bytes(text));
    if (!server_.rooms.publish(asked.room, event)) return error("the server is busy: try again");
    const auto took = std::chrono::steady_clock::now() - began;
    server_.metrics.publishing.at(shard_).record(took);
    return {};
}

std::string client::error(std::string_view message) {
    server_.metrics.errors.at(shard_).add();
    return error_text(message);
}

std::size_t client::queued_bytes() const noexcept { return connection_.queued_bytes(); }

void client::deliver(const weir::ws::prepared_message& message) { connection_.try_send(message); }

void client::fall_behind() noexcept {
    leave(weir::ws::close_code::try_again_later, "too slow: more waits for you than is allowed");
}
