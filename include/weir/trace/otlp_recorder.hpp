// SPDX-License-Identifier: Apache-2.0
// otlp_recorder: makes of what is recorded the messages that a collector of OpenTelemetry takes
// (OTLP/HTTP with JSON). It sends nothing and knows no clock; `otlp_exporter` does the rest.
//
//   span_began --> open --span_ended--> waiting --take_spans--> in a message
//   log ---------------------------------> waiting --take_logs---> in a message
//   metric --> series, which stay: each message has all of them --metrics
//
// An event outside of all spans, for which OTLP has no place, becomes a log.
// Source: OpenTelemetry Protocol specification 1.x; opentelemetry-proto 1.x for the names.
#pragma once

#include <weir/trace/otlp_message.hpp>
#include <weir/trace/otlp_options.hpp>
#include <weir/trace/otlp_series.hpp>
#include <weir/trace/recorder.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::trace {

/// Belongs to one shard; neither copies nor moves.
class otlp_recorder final : public recorder {
public:
    using time_point = record_place::time_point;

    /// @param wall, now  the same moment by the calendar and by the reactor's clock. A calendar
    /// that
    ///                   is put right later is not followed: durations stay exact.
    explicit otlp_recorder(const otlp_options& options, std::chrono::system_clock::time_point wall,
                           time_point now);
    /// Of a running reactor.
    explicit otlp_recorder(const otlp_options& options);
    ~otlp_recorder();

    /// The oldest spans that have ended and logs, a batch at the most; none = nothing waits.
    [[nodiscard]] std::optional<otlp_message> take_spans();
    [[nodiscard]] std::optional<otlp_message> take_logs();
    /// All series as they are at `now`; none = nothing was measured yet.
    [[nodiscard]] std::optional<otlp_message> metrics(time_point now) const;

    /// Called when a batch of spans or logs is complete; must not throw. Empty = nobody.
    void when_batch_is_full(std::function<void()> call) { on_full_ = std::move(call); }

    /// Spans and logs that wait, and how large they are.
    [[nodiscard]] std::size_t waiting() const noexcept { return spans_.size() + logs_.size(); }
    [[nodiscard]] std::size_t waiting_bytes() const noexcept { return bytes_; }
    // ---- what was dropped because it was too much
    [[nodiscard]] std::uint64_t dropped_spans() const noexcept { return dropped_spans_; }
    [[nodiscard]] std::uint64_t dropped_logs() const noexcept { return dropped_logs_; }
    [[nodiscard]] std::uint64_t dropped_measurements() const noexcept {
        return dropped_measurements_;
    }

    void span_began(const span_start& start) noexcept override;
    void span_ended(const record_place& end, const span_outcome& outcome) noexcept override;
    void event(const record_place& at, std::string_view name,
               std::span<const attribute> with) noexcept override;
    void attributes(const record_place& at, std::span<const attribute> added) noexcept override;
    void metric(const record_place& at, const class metric& measured,
                std::span<const attribute> with) noexcept override;
    void log(const record_place& at, log_level level, std::string_view text,
             std::span<const attribute> with) noexcept override;

private:
    class open_span;
    class metric_series;
    using queue = std::deque<std::string>;
    using metric_key = std::pair<std::string, metric_kind>;

    [[nodiscard]] std::uint64_t unix_nanos(time_point at) const noexcept;
    [[nodiscard]] std::string objects_of(std::span<const attribute> all) const;
    void begin(const span_start& start);
    void end(open_span& ended, const record_place& at, const span_outcome& outcome);
    void add_attributes(open_span& to, std::span<const attribute> added);
    void add_event(open_span& to, const record_place& at, std::string_view name,
                   std::span<const attribute> with);
    void add_log(const record_place& at, log_level level, std::string_view text,
                 std::span<const attribute> with);
    void measure(const class metric& value, std::span<const attribute> with);
    void push(queue& to, std::size_t most, std::uint64_t& dropped, std::string object);
    [[nodiscard]] std::vector<std::string> take_batch(queue& from);

    otlp_options options_;
    std::string resource_;
    std::chrono::nanoseconds wall_;  // since 1970, at began_
    time_point began_;
    std::unordered_map<std::uint64_t, std::unique_ptr<open_span>>
        open_;  // by the number of the span
    queue spans_;
    queue logs_;
    std::size_t bytes_ = 0;  // of both
    std::map<metric_key, std::unique_ptr<metric_series>> metrics_;
    std::size_t series_ = 0;
    std::function<void()> on_full_;
    std::uint64_t dropped_spans_ = 0;
    std::uint64_t dropped_logs_ = 0;
    std::uint64_t dropped_measurements_ = 0;
};

}  // namespace weir::trace
