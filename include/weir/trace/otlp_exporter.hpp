// SPDX-License-Identifier: Apache-2.0
// otlp_exporter: sends what an otlp_recorder has collected, in batches, from time to time, and once
// more at the end. How bytes reach the collector is not its matter: it is given a function.
//
//   pause --interval is over, a batch is full--> export --all is sent or lost--> pause
//     | stop                                       | stop: that message is tried to its end
//     v                                            v
//   export what is left, for `flush_timeout` at the most, and end
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/send_buffer.hpp>
#include <weir/resilience/backoff.hpp>
#include <weir/sync/event.hpp>
#include <weir/trace/otlp_message.hpp>
#include <weir/trace/otlp_recorder.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <system_error>

namespace weir::trace {

/// When and how patiently it is sent.
class otlp_export_options {
public:
    otlp_export_options() {}

    std::chrono::nanoseconds interval = std::chrono::milliseconds(5000);
    std::chrono::nanoseconds send_timeout = std::chrono::seconds(10);  ///< of one attempt
    /// For all that is left at the end.
    std::chrono::nanoseconds flush_timeout = std::chrono::seconds(5);
    /// Between attempts at one message; meanwhile what is new waits, or is dropped.
    resilience::backoff_policy delays = resilience::backoff_policy::exponential(
                                            std::chrono::seconds(1), std::chrono::seconds(5), 1.5)
                                            .spread(0.8, 1.2)
                                            .max_retries(4);
    /// The same seed draws the same delays.
    std::uint64_t seed = 1;
};

/// Whether the same message may succeed later: the collector was not reached, did not answer in
/// time, or refused for now. (HTTP's 429, 502, 503 and 504, which the sink tells as a `refusal` or
/// one of these; everything else, such as 400, says that the message is wrong.)
[[nodiscard]] bool may_succeed_later(std::error_code error) noexcept;

/// Belongs to the shard of its recorder; neither copies nor moves. Must outlive its `run`.
///
/// ```cpp
/// weir::trace::otlp_recorder spans(weir::trace::otlp_options("shop"));
/// weir::trace::otlp_exporter exporter(spans, post_to_collector);
/// const auto run = [&] { return exporter.run(); };
/// auto started = background.spawn(run);        // until the group is stopped
/// co_await weir::trace::observe(spans, serve());
/// ```
class otlp_exporter {
public:
    /// POSTs `body` as `application/json` to `path` at the collector.
    using sink_function =
        std::function<task<result<void>>(std::string_view path, send_buffer body)>;

    /// @param from  outlives this, and has no other exporter.
    explicit otlp_exporter(otlp_recorder& from, sink_function sink,
                           const otlp_export_options& options = otlp_export_options());
    otlp_exporter(const otlp_exporter&) = delete;
    otlp_exporter& operator=(const otlp_exporter&) = delete;
    ~otlp_exporter() { from_.when_batch_is_full({}); }

    /// Exports until it is stopped, and then what is left.
    ///
    /// @return        only when it was stopped.
    /// Errors:        operation_canceled. What the sink gives is counted, not returned; what it
    ///                throws is.
    /// Cancellation:  ends the pause; then takes `flush_timeout` at the most.
    /// Concurrency:   once at a time.
    /// Allocates:     the messages.
    [[nodiscard]] task<result<void>> run();

    /// Messages that the collector has taken so far.
    [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }
    /// Spans and logs in messages that it has not. What was not even tried, because the end came
    /// too soon, waits in the recorder.
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

private:
    [[nodiscard]] task<result<void>> export_all();
    [[nodiscard]] task<result<void>> send(otlp_message message);
    [[nodiscard]] std::optional<otlp_message> next();

    otlp_recorder& from_;
    sink_function sink_;
    otlp_export_options options_;
    event batch_is_full_;
    otlp_recorder::time_point metrics_due_{};
    std::optional<otlp_message> unsent_;  // stopped on its way: the first to be tried again
    std::uint64_t sent_ = 0;
    std::uint64_t lost_ = 0;
};

}  // namespace weir::trace
