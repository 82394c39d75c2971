// SPDX-License-Identifier: Apache-2.0
// observe: binds a recorder to all that some work does.
#pragma once

#include <weir/coro/detail/with_context.hpp>
#include <weir/trace/recorder.hpp>
#include <weir/trace/scope_path.hpp>

#include <optional>
#include <utility>

namespace weir::trace {

/// The context value by which the recorder is found.
class bound_recorder {
public:
    explicit bound_recorder(recorder& to_, const scope_path* outside_) noexcept
        : to(&to_), outside(outside_) {}
    recorder* to;
    const scope_path* outside;  ///< the spans around the binding, of which it is not told
};

namespace detail {

class recorder_binding {
public:
    explicit recorder_binding(recorder& to) noexcept : to_(&to) {}
    void set_in(scope& inner) {
        bound_.emplace(*to_, inner.find<scope_path>());
        inner.set(*bound_);
    }

private:
    recorder* to_;
    std::optional<bound_recorder> bound_;
};

}  // namespace detail

/// Runs `awaited`; what it records, and all below it does, goes to `to` and to no other.
///
/// ```cpp
/// weir::trace::scope_report report;
/// co_await weir::trace::observe(report, weir::trace::span("app", serve()));
/// ```
/// @param to      must outlive the work.
/// @return        what `awaited` gives.
/// Errors:        those of `awaited`.
/// Cancellation:  as `awaited`.
/// Allocates:     one small table for the new scope.
template <awaitable A>
[[nodiscard]] auto observe(recorder& to, A&& awaited) {
    return weir::detail::run_with_context(detail::recorder_binding(to), std::forward<A>(awaited));
}

}  // namespace weir::trace
