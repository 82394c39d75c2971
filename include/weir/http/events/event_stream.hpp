// SPDX-License-Identifier: Apache-2.0
// event_stream: server-sent events as bytes. Source: WHATWG HTML 9.2.5 (the format), 9.2.7 (advice
// for authors: comments against proxies that lose patience).
#pragma once

#include <weir/http/message/response.hpp>
#include <weir/io/send_buffer.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace weir::http {

/// One event; a value. Its text is UTF-8.
class server_event {
public:
    server_event() = default;
    /// @param data  any text; what stands between its line ends (CR LF, LF or CR) are lines to the
    ///              reader, too, who joins them with LF.
    explicit server_event(std::string data) : data_(std::move(data)) {}

    /// @param name  what the reader listens for; empty = "message". No CR, LF (asserted).
    server_event& type(std::string name);
    /// What the reader asks from on after a break (Last-Event-ID). Empty makes it forget. No CR,
    /// LF, NUL (asserted).
    server_event& id(std::string value);

    [[nodiscard]] const std::string& data() const noexcept { return data_; }
    [[nodiscard]] const std::string& type() const noexcept { return type_; }
    /// nullopt = the reader's last ID stays.
    [[nodiscard]] const std::optional<std::string>& id() const noexcept { return id_; }

private:
    std::string data_;
    std::string type_;
    std::optional<std::string> id_;
};

/// The event as bytes, which may be sent to any number of readers.
[[nodiscard]] send_buffer format_event(const server_event& event);
/// Tells the reader how long to wait before it connects again.
[[nodiscard]] send_buffer format_retry(std::chrono::milliseconds wait);
/// What readers ignore and proxies see: send one every 15 seconds or so.
[[nodiscard]] send_buffer format_heartbeat();

/// The head of a response that goes on as an event stream: nobody may keep or transform it.
[[nodiscard]] response event_stream_head();

}  // namespace weir::http
