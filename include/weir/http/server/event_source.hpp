// SPDX-License-Identifier: Apache-2.0
// event_source: one stream of server-sent events for many readers. An event is made once, kept for
// those who were away, and sent to everybody from the same memory. A reader is no more than a place
// in the history: nothing is queued for it, so a thousand slow ones cost what one does.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/events/event_history.hpp>
#include <weir/http/events/event_stream.hpp>
#include <weir/http/server/event_writer.hpp>
#include <weir/sync/event.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

namespace weir::http {

class exchange;

/// What becomes of a reader that is so slow that the history does not reach back to it any more.
enum class slow_reader : std::uint8_t {
    ends,   ///< its stream ends; it connects again, and is told of the gap
    skips,  ///< it is told of the gap and goes on with the oldest event that is kept
};

/// What an event_source keeps and allows.
class event_source_options {
public:
    event_source_options() : gap("") { gap.type("gap"); }

    event_history_options history;
    event_writer_options writer;
    /// Readers at once; more are refused: 503.
    std::size_t max_readers = 10'000;
    slow_reader slow = slow_reader::ends;
    /// What a reader is sent who has missed events that are gone: it should read the whole state
    /// anew. It has no ID.
    server_event gap;
};

/// Belongs to one shard; must outlive its readers' answers.
///
/// ```cpp
/// weir::http::event_source news("7f3a");   // an epoch of this run
/// const auto read = [&](weir::http::exchange& exchange) { return news.serve(exchange); };
/// news.publish(weir::http::server_event("hello"));
/// ```
class event_source {
public:
    /// @param epoch  as of `event_history`: new at each start.
    explicit event_source(std::string epoch,
                          const event_source_options& options = event_source_options());
    event_source(const event_source&) = delete;
    event_source& operator=(const event_source&) = delete;

    /// Gives the event an ID and sends it to all readers. One that is longer than the history may
    /// be reaches nobody: all have a gap.
    void publish(server_event event);

    /// Answers with the stream: what the reader has missed since its Last-Event-ID, then what is
    /// published, until it goes away or the server drains.
    ///
    /// Errors:        refusal::too_many_in_flight; as `event_writer::send`.
    /// Cancellation:  the stream is cut off; the reader connects again.
    /// Concurrency:   any number of exchanges of one shard, up to `max_readers`.
    [[nodiscard]] task<result<void>> serve(exchange& exchange);

    [[nodiscard]] std::size_t readers() const noexcept { return readers_; }
    [[nodiscard]] const event_history& history() const noexcept { return history_; }

private:
    /// Where a reader begins, after it was told of a gap, if there is one.
    [[nodiscard]] task<result<std::uint64_t>> begin(event_writer& to);
    [[nodiscard]] task<result<void>> deliver(event_writer& to);

    event_history history_;
    event_source_options options_;
    event news_;
    std::size_t readers_ = 0;
};

static_assert(!std::is_aggregate_v<event_source_options>);

}  // namespace weir::http
