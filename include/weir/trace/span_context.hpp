// SPDX-License-Identifier: Apache-2.0
// span_context: where work belongs in a trace. It is a context value, so every task finds the one
// that it runs in, and it is immutable, so it goes to other shards and threads by its name:
//
//   const trace::span_context& here = co_await context<trace::span_context>();
//   const auto view = co_await this_context<trace::span_context>();   // for carrying(), offload()
#pragma once

#include <weir/state/deeply_immutable.hpp>
#include <weir/trace/span_id.hpp>
#include <weir/trace/trace_id.hpp>

namespace weir::trace {

/// A span and the trace that it is in. A value; a default one is of no trace.
class span_context {
public:
    constexpr span_context() noexcept = default;
    /// @param is_sampled  whether the trace is recorded, as whoever began it has decided.
    explicit constexpr span_context(trace_id trace, span_id span, bool is_sampled = true) noexcept
        : trace_(trace), span_(span), is_sampled_(is_sampled) {}

    [[nodiscard]] constexpr trace_id trace() const noexcept { return trace_; }
    [[nodiscard]] constexpr span_id span() const noexcept { return span_; }
    [[nodiscard]] constexpr bool is_sampled() const noexcept { return is_sampled_; }
    [[nodiscard]] constexpr bool is_valid() const noexcept {
        return trace_.is_valid() && span_.is_valid();
    }
    [[nodiscard]] constexpr bool operator==(const span_context&) const noexcept = default;

private:
    trace_id trace_;
    span_id span_;
    bool is_sampled_ = false;
};

}  // namespace weir::trace

template <>
inline constexpr bool weir::is_immutable_value<weir::trace::span_context> = true;
