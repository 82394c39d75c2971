// SPDX-License-Identifier: Apache-2.0
#include <weir/http/events/event_stream.hpp>

#include <weir/base/assert.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace weir::http {
namespace {

bool is_one_line(std::string_view text) noexcept { return text.find_first_of("\r\n") == text.npos; }

/// Takes a line off the front of `text`; nullopt = that was the last one. The end of a text is the
/// end of a line, so an empty one has one line.
std::optional<std::string_view> take_line(std::optional<std::string_view>& text) noexcept {
    if (!text) return std::nullopt;
    const std::size_t end = text->find_first_of("\r\n");
    const std::string_view line = text->substr(0, end);
    if (end == text->npos) {
        text.reset();
    } else {
        text->remove_prefix(end + (text->substr(end, 2) == "\r\n" ? 2 : 1));
    }
    return line;
}

}  // namespace

server_event& server_event::type(std::string name) {
    WEIR_ASSERT(is_one_line(name), "the type of an event is one line");
    type_ = std::move(name);
    return *this;
}

server_event& server_event::id(std::string value) {
    WEIR_ASSERT(is_one_line(value) && value.find('\0') == value.npos,
                "the ID of an event is one line without NUL");
    id_ = std::move(value);
    return *this;
}

send_buffer format_event(const server_event& event) {
    std::string text;
    if (!event.type().empty()) text += "event: " + event.type() + "\n";
    if (event.id()) text += "id: " + *event.id() + "\n";
    std::optional<std::string_view> rest = event.data();
    while (const auto line = take_line(rest)) {
        text += "data: ";
        text += *line;
        text += '\n';
    }
    text += '\n';
    return send_buffer(as_bytes(text));
}

send_buffer format_retry(std::chrono::milliseconds wait) {
    const auto count = std::max(wait, std::chrono::milliseconds(0)).count();
    return send_buffer(as_bytes("retry: " + std::to_string(count) + "\n\n"));
}

send_buffer format_heartbeat() { return send_buffer(as_bytes(":\n\n")); }

response event_stream_head() {
    response head(status::ok);
    for (const auto& [name, value] : {std::pair("Content-Type", "text/event-stream"),
                                      std::pair("Cache-Control", "no-cache, no-transform"),
                                      std::pair("X-Accel-Buffering", "no")}) {
        WEIR_ASSERT(head.headers().add(name, value), "a constant is a field");
    }
    return head;
}

}  // namespace weir::http
