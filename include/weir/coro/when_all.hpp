// SPDX-License-Identifier: Apache-2.0
// when_all: runs several awaitables at once and waits for every one of them.
#pragma once

#include <weir/coro/detail/branch.hpp>
#include <weir/coro/wait_point.hpp>

#include <string>
#include <tuple>
#include <type_traits>
#include <variant>

namespace weir {

namespace detail {

/// `void` has no place in a tuple.
template <class T>
using value_or_monostate = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <class Branch>
value_or_monostate<typename Branch::value_type> take_branch(Branch& branch) {
    if constexpr (std::is_void_v<typename Branch::value_type>) {
        branch.take();
        return {};
    } else {
        return branch.take();
    }
}

template <class... Tasks>
class when_all_awaiter final : public wait_point, private branch_owner {
public:
    explicit when_all_awaiter(Tasks&&... tasks) noexcept
        : branches_(branch<Tasks>(std::move(tasks))...) {}

    [[nodiscard]] bool await_ready() const noexcept { return sizeof...(Tasks) == 0; }

    template <weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        promise_base& waiter = self.promise();
        starter_ = &waiter;
        // One more than there are branches, so that those ending at once do not wake us too early.
        pending_ = sizeof...(Tasks) + 1;
        std::apply([&](auto&... each) { (each.start(*this, waiter.ambient()), ...); }, branches_);
        if (--pending_ == 0) return false;
        suspend(waiter);
        return true;
    }

    [[nodiscard]] std::tuple<value_or_monostate<typename Tasks::value_type>...> await_resume() {
        return std::apply(
            [](auto&... each) {
                // Braces, so that the first exception in argument order is the one that comes out.
                return std::tuple<value_or_monostate<typename Tasks::value_type>...>{
                    take_branch(each)...};
            },
            branches_);
    }

    // The branches are roots of the surrounding scope, which stops them itself.
    void request_stop() noexcept override {}
    void describe(std::string& out) const override {
        out += "when_all of " + std::to_string(sizeof...(Tasks));
    }

private:
    void branch_finished(scope_root&) noexcept override {
        if (--pending_ == 0) wake();
    }

    [[nodiscard]] promise_base* starter() const noexcept override { return starter_; }

    std::tuple<branch<Tasks>...> branches_;
    promise_base* starter_ = nullptr;
    std::size_t pending_ = 0;
};

}  // namespace detail

/// Runs all of `awaitables` at once on this shard and waits until each has finished, whatever the
/// others did: a failure stops nobody (for that use a `task_group`).
///
/// @param awaitables  tasks and other awaitables, as for `with_timeout`.
/// @return            a tuple of their results in order; `std::monostate` for `void`.
/// Errors:            those in the results. An exception is rethrown after all have finished; if
///                    there are several, the first in argument order.
/// Cancellation:      a stop reaches every branch; this returns when they have ended.
/// Allocates:         one pooled frame for each argument that is not a task.
template <awaitable... As>
[[nodiscard]] auto when_all(As&&... awaitables) {
    return detail::when_all_awaiter<detail::task_of<As>...>(
        detail::as_task(std::forward<As>(awaitables))...);
}

}  // namespace weir
