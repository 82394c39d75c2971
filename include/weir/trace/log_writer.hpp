// SPDX-License-Identifier: Apache-2.0
// log_writer: a recorder that writes logs as JSON, a line each, with the trace and the scopes that
// they come from. Spans and metrics are not its matter.
//
//   {"at_ns":"1700000000000000000","level":"WARN","text":"slow","scope":"app/load",
//    "trace_id":"...","span_id":"...","attributes":{"key":"7"}}           (in one line)
#pragma once

#include <weir/trace/recorder.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace weir::trace {

/// Neither copies nor moves; belongs to one shard. Keeps nothing: what becomes of a line, and how
/// many are borne, is up to the sink. A `tee` tells it beside others.
///
/// ```cpp
/// weir::trace::log_writer log([](std::string_view line) { std::fwrite(...); });
/// co_await weir::trace::observe(log, weir::trace::span("app", serve()));
/// ```
class log_writer final : public recorder {
public:
    /// Told each line, without its end; must not throw, and should not block.
    using sink_function = std::function<void(std::string_view line)>;

    /// @param least  what matters less is passed over.
    /// @param wall, now  the same moment by the calendar and by the reactor's clock.
    explicit log_writer(sink_function sink, log_level least,
                        std::chrono::system_clock::time_point wall, record_place::time_point now);
    /// Of a running reactor.
    explicit log_writer(sink_function sink, log_level least = log_level::info);

    /// A message: longer ones are cut.
    static constexpr std::size_t max_text_bytes = 4096;

    void span_began(const span_start&) noexcept override {}
    void span_ended(const record_place&, const span_outcome&) noexcept override {}
    void event(const record_place&, std::string_view,
               std::span<const attribute>) noexcept override {}
    void attributes(const record_place&, std::span<const attribute>) noexcept override {}
    void metric(const record_place&, const class metric&,
                std::span<const attribute>) noexcept override {}
    void log(const record_place& at, log_level level, std::string_view text,
             std::span<const attribute> with) noexcept override;

private:
    [[nodiscard]] std::string line_of(const record_place& at, log_level level,
                                      std::string_view text, std::span<const attribute> with) const;

    sink_function sink_;
    log_level least_;
    std::chrono::nanoseconds wall_;  // since 1970, at began_
    record_place::time_point began_;
};

}  // namespace weir::trace
