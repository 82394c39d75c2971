// SPDX-License-Identifier: Apache-2.0
// event_writer: an answer that is a stream of server-sent events. Sources: WHATWG HTML 9.2.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/events/event_stream.hpp>
#include <weir/io/send_buffer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace weir::http {

class exchange;

/// How a stream of events is kept up.
class event_writer_options {
public:
    event_writer_options() noexcept {}

    /// A stream without events for so long gets a comment, so that no proxy loses patience, and we
    /// learn whether the reader is still there.
    std::chrono::nanoseconds heartbeat = std::chrono::seconds(15);
    /// How long readers wait before they connect again; nullopt = as long as they like.
    std::optional<std::chrono::milliseconds> retry;
    /// Bytes that may wait for a slow reader; whoever sends more waits with them.
    std::size_t max_queued_bytes = std::size_t{64} << 10U;
};

/// Writes one stream of events as the answer of an exchange, which must outlive it. It is never
/// packed: events would wait for more to pack.
///
/// ```cpp
/// weir::task<weir::result<void>> count(weir::http::event_writer& events) {
///     for (int i = 0;; ++i) {
///         co_await weir::ok(events.send(weir::http::server_event(std::to_string(i))));
///         co_await weir::ok(weir::sleep_for(1min));
///     }
/// }
/// weir::task<weir::result<void>> handler(weir::http::exchange& exchange) {
///     weir::http::event_writer events(exchange);
///     co_await weir::ok(events.start());
///     auto race = co_await weir::when_any(count(events), events.keep_alive());
///     co_return race.winner() == 0 ? race.outcome<0>() : race.outcome<1>();
/// }
/// ```
class event_writer {
public:
    explicit event_writer(exchange& on,
                          const event_writer_options& options = event_writer_options());
    event_writer(const event_writer&) = delete;
    event_writer& operator=(const event_writer&) = delete;

    /// What the reader saw last before a break; empty = it is new here.
    [[nodiscard]] std::string_view last_event_id() const noexcept;

    /// Sends the head, and how long to wait before connecting again. Once, before all else.
    ///
    /// Errors:        as `response_writer::start`.
    /// Cancellation:  as `response_writer::start`.
    [[nodiscard]] task<result<void>> start();

    /// Sends one event; waits while more than `max_queued_bytes` wait for the reader.
    ///
    /// Errors:        as `response_writer::write`.
    /// Cancellation:  as `response_writer::write`.
    /// Concurrency:   one at a time, beside `keep_alive`.
    [[nodiscard]] task<result<void>> send(const server_event& event);
    /// The same of an event as bytes, which many streams may share.
    ///
    /// Errors:        as above.
    /// Cancellation:  as above.
    [[nodiscard]] task<result<void>> send(send_buffer formatted);

    /// Keeps the stream alive beside the work: completes when the server drains, in success, or
    /// when the reader is gone.
    ///
    /// Errors:        as `send`.
    /// Cancellation:  ends the wait.
    [[nodiscard]] task<result<void>> keep_alive();

private:
    exchange& exchange_;
    event_writer_options options_;
    std::uint64_t sends_ = 0;
    bool is_sending_ = false;
};

static_assert(!std::is_aggregate_v<event_writer_options>);

}  // namespace weir::http
