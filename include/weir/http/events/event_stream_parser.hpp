// SPDX-License-Identifier: Apache-2.0
// event_stream_parser: the bytes of an event stream -> events, for clients. Source: WHATWG HTML
// 9.2.6 (interpreting an event stream).
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/http/events/event_stream.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace weir::http {

/// What the reader of a stream does next.
enum class event_action : std::uint8_t {
    need_data,  ///< receive more
    complete,   ///< `take()` an event; what is left of the data belongs to the next one
};

/// Reads one stream. An event that has begun when the stream ends is dropped with it.
///
/// Bytes that are not UTF-8 are passed on as they are, where a browser would replace them.
class event_stream_parser {
public:
    static constexpr std::size_t default_max_event_bytes = std::size_t{1} << 20U;

    /// @param max_event_bytes  that are held at a time: an event, and the line that is being read.
    explicit event_stream_parser(std::size_t max_event_bytes = default_max_event_bytes) noexcept
        : max_event_bytes_(max_event_bytes) {}

    /// Takes bytes off the front of `data` until an event is complete or all are taken.
    /// Errors:  errc::event_over_limit; again and again then.
    [[nodiscard]] result<event_action> feed(bytes& data);

    /// The event that is complete; once. Its type is "message" where the stream gave none, its ID
    /// the last one that was seen.
    [[nodiscard]] server_event take();

    /// What to send as Last-Event-ID after a break; empty = nothing. Only the IDs of complete
    /// events count.
    [[nodiscard]] const std::string& last_event_id() const noexcept { return last_id_; }
    /// How long to wait before connecting again; nullopt = the server said nothing.
    [[nodiscard]] std::optional<std::chrono::milliseconds> retry() const noexcept { return retry_; }

private:
    [[nodiscard]] std::size_t held_bytes() const noexcept;
    [[nodiscard]] result<bool> take_char(char c);
    [[nodiscard]] bool end_line();
    [[nodiscard]] bool dispatch();
    void take_field(std::string_view name, std::string_view value);

    std::size_t max_event_bytes_;
    std::string line_;
    std::string data_;
    std::string type_;
    std::string id_;       // of the event that is being read
    std::string last_id_;  // of the last one that was complete
    std::optional<std::chrono::milliseconds> retry_;
    std::optional<server_event> complete_;
    std::error_code error_;
    bool has_data_ = false;
    bool after_cr_ = false;
    bool is_first_line_ = true;
};

}  // namespace weir::http
