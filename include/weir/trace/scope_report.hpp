// SPDX-License-Identifier: Apache-2.0
// scope_report: what happened in the spans of a run, as an indented text for people: how long each
// took, how it ended, and what was recorded in it.
//
//   app 1.25 s ok
//     request 250 ms error: connection refused {user=7}
//       +10 ms cache miss {key=42}
//       +250 ms WARN no answer
//       rows 3
//       connect 240 ms error: connection refused
//     left out: 2 scopes, 5 entries
#pragma once

#include <weir/trace/recorder.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace weir::trace {

/// The bounds of a report. What comes when they are reached is left out and counted.
class report_options {
public:
    report_options() noexcept {}

    std::size_t max_scopes = 1000;     ///< 1 or more
    std::size_t max_entries = 10'000;  ///< events, logs, and metrics and attributes by name
    std::size_t max_text_bytes = 200;  ///< of a name or a text; the rest is cut off
};

/// A recorder that keeps what it is told. Neither copies nor moves; belongs to one shard.
///
/// ```cpp
/// weir::trace::scope_report report;
/// co_await weir::trace::observe(report, weir::trace::span("app", serve()));
/// std::puts(report.to_text().c_str());
/// ```
class scope_report final : public recorder {
public:
    /// Told of an outermost scope when it has ended; must not throw.
    using sink_function = std::function<void(const std::string& text)>;

    scope_report();
    /// @param on_end  given: each outermost scope is told when it ends, and then forgotten, with
    ///                what was left out meanwhile; so a service can report request by request.
    explicit scope_report(const report_options& options, sink_function on_end = {});
    ~scope_report();

    /// What is known at `now`; scopes that have not ended are shown as running since they began.
    [[nodiscard]] std::string to_text(record_place::time_point now) const;
    /// The same for scopes that have all ended.
    [[nodiscard]] std::string to_text() const;
    /// Scopes that are kept, 0 ... `max_scopes`.
    [[nodiscard]] std::size_t size() const noexcept { return scopes_; }

    // ---- what was left out because it was too much
    [[nodiscard]] std::uint64_t scopes_left_out() const noexcept { return scopes_left_out_; }
    [[nodiscard]] std::uint64_t entries_left_out() const noexcept { return entries_left_out_; }

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
    class node;

    [[nodiscard]] node* found(const record_place& at) noexcept;
    /// Whether one more entry may be kept; counts it either way.
    [[nodiscard]] bool has_room() noexcept;
    void note(const record_place& at, std::string_view prefix, std::string_view text,
              std::span<const attribute> with);
    void begin(const span_start& start);
    void set(node& of, std::span<const attribute> added);
    void add(node& to, const class metric& measured, std::span<const attribute> with);
    void forget(const node& told) noexcept;
    void end(node& ended, const record_place& at, const span_outcome& outcome);
    [[nodiscard]] std::string cut(std::string_view text) const;
    [[nodiscard]] std::string left_out() const;

    report_options options_;
    sink_function on_end_;
    std::vector<std::unique_ptr<node>> outermost_;
    std::unique_ptr<node> outside_;                  // what was recorded outside of all spans
    std::unordered_map<std::uint64_t, node*> open_;  // by the number of the span
    std::size_t scopes_ = 0;
    std::size_t entries_ = 0;
    std::uint64_t scopes_left_out_ = 0;
    std::uint64_t entries_left_out_ = 0;
};

}  // namespace weir::trace
