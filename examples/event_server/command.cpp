// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include "server_settings.hpp"

#include <weir/json/quoted.hpp>

#include <simdjson.h>

#include <cstring>
#include <optional>
#include <vector>

namespace {

/// Deeper JSON costs stack in whoever reads it.
constexpr std::size_t max_depth = 64;

std::optional<command_type> type_named(std::string_view name) {
    if (name == "publish") return command_type::publish;
    if (name == "subscribe") return command_type::subscribe;
    if (name == "unsubscribe") return command_type::unsubscribe;
    if (name == "ping") return command_type::ping;
    return std::nullopt;
}

}  // namespace

/// Two parsers over one buffer: the DOM parser judges the whole text, which the on-demand parser
/// does not; the on-demand parser then gives the part that is handed on, as it came.
struct command_parser::state {
    state() : buffer(server_settings::max_message_bytes + simdjson::SIMDJSON_PADDING) {
        is_ready = checker.allocate(server_settings::max_message_bytes, max_depth) == 0 &&
                   finder.allocate(server_settings::max_message_bytes, max_depth) == 0;
    }

    /// The text of the value of "data".
    std::optional<std::string_view> raw_data(std::size_t size) {
        auto& document = found;
        if (finder.iterate(buffer.data(), size, buffer.size()).get(document) != 0) return {};
        simdjson::ondemand::value value;
        if (document.find_field_unordered("data").get(value) != 0) return {};
        std::string_view text;
        if (simdjson::to_json_string(value).get(text) != 0) return {};
        const auto last = text.find_last_not_of(" \t\r\n");
        return text.substr(0, last + 1);
    }

    std::vector<char> buffer;
    simdjson::dom::parser checker;
    simdjson::ondemand::parser finder;
    simdjson::ondemand::document found;
    bool is_ready;
};

command_parser::command_parser() : state_(std::make_unique<state>()) {}
command_parser::~command_parser() = default;

weir::result<command, std::string_view> command_parser::parse(std::string_view text) {
    const auto refused = [](std::string_view why) {
        return weir::unexpected<std::string_view>(why);
    };
    auto& memory = *state_;
    if (!memory.is_ready || text.size() > server_settings::max_message_bytes) {
        return refused("the message is too long");
    }
    std::memcpy(memory.buffer.data(), text.data(), text.size());

    simdjson::dom::element document;
    const auto parsed = memory.checker.parse(memory.buffer.data(), text.size(), false);
    if (parsed.get(document) != 0) return refused("this is not JSON");
    simdjson::dom::object object;
    if (document.get(object) != 0) return refused("a JSON object is expected");
    std::string_view name;
    if (object["type"].get(name) != 0) return refused("the object has no string \"type\"");
    const auto type = type_named(name);
    if (!type) return refused("unknown type: subscribe, unsubscribe, publish or ping");
    if (*type == command_type::ping) return command(*type);

    std::string_view room;
    if (object["room"].get(room) != 0) return refused("the object has no string \"room\"");
    if (room.empty() || room.size() > server_settings::max_room_bytes) {
        return refused("a room's name has 1 to 128 bytes");
    }
    if (*type != command_type::publish) return command(*type, room);
    const auto data = memory.raw_data(text.size());
    if (!data) return refused("the object has no \"data\"");
    return command(*type, room, *data);
}

std::string event_text(std::string_view room, std::string_view data) {
    std::string out = R"({"type":"event","room":)" + weir::json::quoted(room) + R"(,"data":)";
    out += data;
    out += '}';
    return out;
}

std::string subscribed_text(std::string_view room) {
    return R"({"type":"subscribed","room":)" + weir::json::quoted(room) + '}';
}

std::string unsubscribed_text(std::string_view room) {
    return R"({"type":"unsubscribed","room":)" + weir::json::quoted(room) + '}';
}

std::string error_text(std::string_view message) {
    return R"({"type":"error","message":)" + weir::json::quoted(message) + '}';
}
