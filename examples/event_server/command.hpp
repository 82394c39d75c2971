// SPDX-License-Identifier: Apache-2.0
// command: what a client may say, as JSON, and what it is told. No socket, no coroutine.
//
//   {"type":"subscribe","room":"r"}              -> {"type":"subscribed","room":"r"}
//   {"type":"unsubscribe","room":"r"}            -> {"type":"unsubscribed","room":"r"}
//   {"type":"publish","room":"r","data":...}     -> {"type":"event","room":"r","data":...}
//                                                   to everybody in the room
//   {"type":"ping"}                              -> {"type":"pong"}
//   anything else                                -> {"type":"error","message":"..."}
#pragma once

#include <weir/base/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

/// What is asked for.
enum class command_type : std::uint8_t { subscribe, unsubscribe, publish, ping };

/// A checked command; its views are valid until the parser's next `parse`.
class command {
public:
    explicit command(command_type what, std::string_view where = {}, std::string_view content = {})
        : type(what), room(where), data(content) {}

    command_type type;
    std::string_view room;  ///< 1 ... max_room_bytes of UTF-8; empty for a ping
    std::string_view data;  ///< of a publish: valid JSON, exactly as it came
};

/// Parses commands. One for each shard, because its memory is reused.
class command_parser {
public:
    command_parser();
    ~command_parser();

    /// @param text  at most server_settings::max_message_bytes.
    /// Errors: what to tell the client.
    [[nodiscard]] weir::result<command, std::string_view> parse(std::string_view text);

private:
    struct state;
    std::unique_ptr<state> state_;
};

// What clients are told.
[[nodiscard]] std::string event_text(std::string_view room, std::string_view data);
[[nodiscard]] std::string subscribed_text(std::string_view room);
[[nodiscard]] std::string unsubscribed_text(std::string_view room);
[[nodiscard]] std::string error_text(std::string_view message);
inline constexpr std::string_view pong_text = R"({"type":"pong"})";
