// SPDX-License-Identifier: Apache-2.0
// recording: how a task says what happens in it, to the recorder that is bound there. Where none is
// bound a call costs one lookup: nothing is called, copied or allocated.
#pragma once

#include <weir/coro/scope.hpp>
#include <weir/trace/attribute.hpp>
#include <weir/trace/log_level.hpp>
#include <weir/trace/metric.hpp>
#include <weir/trace/observe.hpp>
#include <weir/trace/recorder.hpp>

#include <array>
#include <concepts>
#include <coroutine>
#include <span>
#include <string_view>
#include <utility>

namespace weir::trace {

/// The recorder of a scope, for code that records much or is no coroutine. Good while that scope
/// lives. Belongs to its shard.
///
/// ```cpp
/// const auto here = co_await weir::trace::here();
/// if (here.is_bound()) here.event("accepted", std::array{attribute("peer", peer.to_string())});
/// ```
class recording {
public:
    using attributes_view = std::span<const attribute>;

    /// Bound to nobody.
    recording() noexcept = default;
    explicit recording(const scope& in) noexcept {
        const auto* bound = in.find<bound_recorder>();
        if (bound != nullptr) bind(in, *bound);
    }

    [[nodiscard]] bool is_bound() const noexcept { return to_ != nullptr; }

    void event(std::string_view name, attributes_view with = {}) const noexcept {
        if (is_bound() && is_kept()) to_->event(place(), name, with);
    }
    /// For the span itself.
    void attributes(attributes_view added) const noexcept {
        if (is_bound() && is_kept()) to_->attributes(place(), added);
    }
    void metric(const class metric& measured, attributes_view with = {}) const noexcept {
        if (is_bound()) to_->metric(place(), measured, with);
    }
    void log(log_level level, std::string_view text, attributes_view with = {}) const noexcept {
        if (is_bound()) to_->log(place(), level, text, with);
    }

private:
    void bind(const scope& in, const bound_recorder& to) noexcept;
    /// Whether the trace is recorded, or there is none.
    [[nodiscard]] bool is_kept() const noexcept { return in_->is_sampled() || !in_->is_valid(); }
    [[nodiscard]] record_place place() const noexcept;

    recorder* to_ = nullptr;
    const span_context* in_ = nullptr;
    const scope_path* path_ = nullptr;
    bool is_outside_ = false;
};

namespace detail {

class here_awaiter {
public:
    here_awaiter() noexcept = default;
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        found_ = recording(self.promise().ambient());
        return false;
    }
    [[nodiscard]] recording await_resume() const noexcept { return found_; }

private:
    recording found_;
};

/// Tells something to the recording of the awaiting task.
template <class F>
class [[nodiscard]] record_awaiter {
public:
    explicit record_awaiter(F tell) noexcept : tell_(tell) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        tell_(recording(self.promise().ambient()));
        return false;
    }
    void await_resume() const noexcept {}

private:
    F tell_;
};

template <class... Attributes>
using attribute_list = std::array<attribute, sizeof...(Attributes)>;

}  // namespace detail

/// Gives the recording of the running task. Never suspends.
///
/// @return        a `recording`, bound or not.
/// Errors:        none.
/// Cancellation:  not a cancel point.
[[nodiscard]] inline detail::here_awaiter here() noexcept { return {}; }

/// Something has happened in this span: `co_await record_event("cache miss", attribute("key", 7))`.
/// As the following: never suspends, and does nothing where no recorder is bound, or where the
/// trace is not sampled.
///
/// Errors:        none.
/// Cancellation:  not a cancel point.
/// Allocates:     nothing, apart from what the recorder does.
template <std::same_as<attribute>... Attributes>
[[nodiscard]] auto record_event(std::string_view name, const Attributes&... attributes) noexcept {
    return detail::record_awaiter(
        [name, with = detail::attribute_list<Attributes...>{attributes...}](
            const recording& at) noexcept { at.event(name, with); });
}

/// What is known of this span now and was not when it began.
///
/// Errors:        none.
/// Cancellation:  not a cancel point.
template <std::same_as<attribute>... Attributes>
[[nodiscard]] auto record_attributes(const Attributes&... attributes) noexcept {
    return detail::record_awaiter([with = detail::attribute_list<Attributes...>{attributes...}](
                                      const recording& at) noexcept { at.attributes(with); });
}

/// A measurement, which is recorded in every trace:
/// `co_await record_metric(metric::counter("rows", 3))`.
///
/// Errors:        none.
/// Cancellation:  not a cancel point.
template <std::same_as<attribute>... Attributes>
[[nodiscard]] auto record_metric(const metric& measured, const Attributes&... attributes) noexcept {
    return detail::record_awaiter(
        [measured, with = detail::attribute_list<Attributes...>{attributes...}](
            const recording& at) noexcept { at.metric(measured, with); });
}

/// A line for people, which is recorded in every trace:
/// `co_await record_log(log_level::warning, "slow")`.
///
/// Errors:        none.
/// Cancellation:  not a cancel point.
template <std::same_as<attribute>... Attributes>
[[nodiscard]] auto record_log(log_level level, std::string_view text,
                              const Attributes&... attributes) noexcept {
    return detail::record_awaiter(
        [level, text, with = detail::attribute_list<Attributes...>{attributes...}](
            const recording& at) noexcept { at.log(level, text, with); });
}

}  // namespace weir::trace
