// SPDX-License-Identifier: Apache-2.0
// resource_set, open_all, with_resources: what has to be closed by waiting (connections, files,
// subscriptions), opened all at once and closed whatever happens.
//
//   opening --all there--> open --close--> closing --> closed
//      | one fails, throws or is stopped      ^
//      '-- the others are stopped ------------'   and the error comes out at the end
//
// Closing runs under a shield with a time limit, so that a stop does not reach it; each resource is
// closed, whatever the others answer. Source: Python's AsyncExitStack and Haiway's disposables,
// whose partly opened ones leak.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/concepts.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/task_group.hpp>

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

namespace weir::flow {

/// What is closed by waiting for it: `close()` gives an awaitable of nothing or of a result. It may
/// be destroyed unclosed, but then nobody hears how that went.
template <class R>
concept closable = std::movable<R> && requires(R& resource) {
    { resource.close() } -> awaitable;
};

/// In which order a set is closed.
enum class close_order : std::uint8_t {
    reverse,  ///< one after the other, the last named first
    at_once,  ///< all at the same time
};

/// How a set is closed.
class close_options {
public:
    close_options() noexcept {}
    /// For closing all of them. After it they are dropped.
    std::chrono::nanoseconds timeout = std::chrono::seconds(5);
    close_order order = close_order::reverse;
};

/// Open resources. Belongs to one task; movable, but not while it is closed. Destroyed unclosed, it
/// drops them.
template <closable... Rs>
class resource_set {
public:
    explicit resource_set(const close_options& options) noexcept : options_(options) {}

    /// The `I`-th, which is open.
    template <std::size_t I>
    [[nodiscard]] auto& at() {
        WEIR_ASSERT(std::get<I>(slots_).has_value(), "a resource of a set is used after its close");
        return *std::get<I>(slots_);
    }
    /// References to all of them.
    [[nodiscard]] std::tuple<Rs&...> all() { return all_of(std::index_sequence_for<Rs...>()); }

    /// Closes those that are open, each of them, whatever the others answer.
    ///
    /// @return        success, or the first error; `close_errors()` has all of them. The first
    ///                exception is rethrown, when all are closed.
    /// Errors:        timed_out after `close_options::timeout`; those of the resources.
    /// Cancellation:  only by its own deadline.
    /// Concurrency:   one call at a time.
    [[nodiscard]] task<result<void>> close() {
        const result<void> closed = co_await shield(close_each(), options_.timeout);
        if (auto thrown = std::exchange(exception_, nullptr)) std::rethrow_exception(thrown);
        co_return closed;
    }
    [[nodiscard]] const std::vector<std::error_code>& close_errors() const noexcept {
        return errors_;
    }

    // For open_all.
    [[nodiscard]] std::tuple<std::optional<Rs>...>& slots() noexcept { return slots_; }
    [[nodiscard]] bool is_complete() const noexcept {
        return std::apply([](const auto&... each) { return (each.has_value() && ...); }, slots_);
    }

private:
    using closer = task<> (*)(resource_set&);

    template <std::size_t... I>
    [[nodiscard]] std::tuple<Rs&...> all_of(std::index_sequence<I...>) {
        return std::tuple<Rs&...>(at<I>()...);
    }
    template <std::size_t... I>
    [[nodiscard]] static std::array<closer, sizeof...(Rs)> closers(std::index_sequence<I...>) {
        return {&resource_set::close_one<I>...};
    }
    [[nodiscard]] task<result<void>> close_each() {
        const auto all = closers(std::index_sequence_for<Rs...>());
        if (options_.order == close_order::at_once) {
            task_group closing(co_await this_task(), sizeof...(Rs));
            for (const closer close_it : all) {
                static_cast<void>(closing.try_spawn(close_it, std::ref(*this)));
            }
            static_cast<void>(co_await closing.join());
        }
        // Those that could not be spawned are still to be closed.
        for (std::size_t i = all.size(); i > 0; --i) co_await all[i - 1](*this);
        if (!errors_.empty()) co_return fail(errors_.front());
        co_return result<void>();
    }
    template <std::size_t I>
    [[nodiscard]] static task<> close_one(resource_set& set) {
        auto& slot = std::get<I>(set.slots_);
        if (!slot) co_return;
        try {
            if constexpr (weir::detail::is_result<await_result_t<decltype(slot->close())>>) {
                const auto closed = co_await slot->close();
                if (!closed) set.errors_.push_back(closed.error());
            } else {
                co_await slot->close();
            }
        } catch (...) {
            if (!set.exception_) set.exception_ = std::current_exception();
        }
        slot.reset();
    }

    close_options options_;
    std::tuple<std::optional<Rs>...> slots_;
    std::vector<std::error_code> errors_;
    std::exception_ptr exception_;
};

namespace detail {

template <class R>
task<result<void>> open_one(task<result<R>> opening, std::optional<R>& slot) {
    result<R> opened = co_await std::move(opening);
    if (!opened) co_return fail(opened.error());
    slot.emplace(std::move(*opened));
    co_return result<void>();
}

template <class... Rs, std::size_t... I>
void start_opening(task_group& group, resource_set<Rs...>& set, std::index_sequence<I...>,
                   task<result<Rs>>&... opening) {
    (static_cast<void>(
         group.try_spawn(&open_one<Rs>, std::move(opening), std::ref(std::get<I>(set.slots())))),
     ...);
}

/// Opens all into `set`; an exception is put into `thrown`, when all have ended.
template <class... Rs>
task<result<void>> open_into(resource_set<Rs...>& set, std::exception_ptr& thrown,
                             task<result<Rs>>... opening) {
    task_group group(co_await this_task(), sizeof...(Rs));
    try {
        start_opening(group, set, std::index_sequence_for<Rs...>(), opening...);
    } catch (...) {
        thrown = std::current_exception();
        group.request_stop();
    }
    try {
        co_return co_await group.join();
    } catch (...) {
        if (!thrown) thrown = std::current_exception();
    }
    co_return fail(std::errc::operation_canceled);
}

template <class... Rs>
task<result<resource_set<Rs...>>> open_set(close_options options, task<result<Rs>>... opening) {
    resource_set<Rs...> set(options);
    std::exception_ptr thrown;
    const result<void> opened = co_await open_into(set, thrown, std::move(opening)...);
    if (!thrown && opened && set.is_complete()) co_return std::move(set);
    // How closing goes is of no interest beside why opening failed.
    try {
        static_cast<void>(co_await set.close());
    } catch (...) {
        if (!thrown) thrown = std::current_exception();
    }
    if (thrown) std::rethrow_exception(thrown);
    if (!opened) co_return fail(opened.error());
    co_return fail(std::errc::operation_canceled);
}

template <class T, class Body, class... Rs>
task<result<T>> use_set(close_options options, Body body, task<result<Rs>>... opening) {
    result<resource_set<Rs...>> set = co_await open_set(options, std::move(opening)...);
    if (!set) co_return fail(set.error());
    std::optional<result<T>> outcome;
    std::exception_ptr thrown;
    try {
        outcome.emplace(co_await std::apply(body, set->all()));
    } catch (...) {
        thrown = std::current_exception();
    }
    result<void> closed;
    try {
        closed = co_await set->close();
    } catch (...) {
        if (!thrown) thrown = std::current_exception();
    }
    if (thrown) std::rethrow_exception(thrown);
    if (*outcome && !closed) co_return fail(closed.error());
    co_return std::move(*outcome);
}

/// What an opening task opens.
template <class Task>
using opened_t = typename Task::value_type::value_type;

}  // namespace detail

/// Opens all at once: `auto set = co_await open_all(close_options(), connect(a), connect(b));`. The
/// first error stops the rest and closes what was opened.
///
/// @param opening  tasks and other awaitables of results, as for `with_timeout`.
/// @return        a resource_set with all of them, to be closed. An exception is rethrown.
/// Errors:        the first of the opening ones in time; operation_canceled.
/// Cancellation:  stops the opening ones and closes what was opened. If all have been opened
///                nevertheless, they are returned.
/// Allocates:     a few pooled blocks.
template <awaitable... As>
[[nodiscard]] auto open_all(close_options options, As&&... opening) {
    return detail::open_set(options, weir::detail::as_task(std::forward<As>(opening))...);
}

/// Opens all at once, runs `body(a, b, ...)`, which gives a task of a result, and closes them.
///
/// ```cpp
/// auto answer = co_await weir::flow::with_resources(weir::flow::close_options(), ask_both,
///                                                   connect(first), connect(second));
/// ```
/// @return        what `body` gives. Its error or exception goes before one of closing.
/// Errors:        those of opening, of the body, of closing.
/// Cancellation:  as open_all and the body; closing is shielded.
template <class Body, awaitable... As>
[[nodiscard]] auto with_resources(close_options options, Body body, As&&... opening) {
    using outcome_type =
        typename std::invoke_result_t<Body&,
                                      detail::opened_t<weir::detail::task_of<As>>&...>::value_type;
    return detail::use_set<typename outcome_type::value_type>(
        options, std::move(body), weir::detail::as_task(std::forward<As>(opening))...);
}

}  // namespace weir::flow
