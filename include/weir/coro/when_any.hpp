// SPDX-License-Identifier: Apache-2.0
// when_any: races awaitables; the first to finish wins, the others are stopped, and it returns only
// after they have finished too. So nothing outlives it and no operation is left in flight.
#pragma once

#include <weir/coro/when_all.hpp>

#include <optional>
#include <tuple>

namespace weir {

/// How a race ended: which branch finished first, and what every branch gave. A loser that
/// completed in spite of the stop keeps its value here, so that nothing received is lost.
template <class... Ts>
class race {
public:
    explicit race(std::size_t winner, std::tuple<Ts...> outcomes)
        : winner_(winner), outcomes_(std::move(outcomes)) {}

    /// Position, 0 ... sizeof...(Ts) - 1, of the branch that finished first.
    [[nodiscard]] std::size_t winner() const noexcept { return winner_; }
    /// What the branch at position `I` gave.
    template <std::size_t I>
    [[nodiscard]] auto& outcome() noexcept {
        return std::get<I>(outcomes_);
    }

private:
    std::size_t winner_;
    std::tuple<Ts...> outcomes_;
};

namespace detail {

template <class... Tasks>
class when_any_awaiter final : public wait_point, private branch_owner {
public:
    using outcome_type = race<value_or_monostate<typename Tasks::value_type>...>;

    explicit when_any_awaiter(Tasks&&... tasks) noexcept
        : branches_(branch<Tasks>(std::move(tasks))...) {}
    when_any_awaiter(when_any_awaiter&& other) noexcept
        : wait_point(std::move(other)), branches_(std::move(other.branches_)) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }

    template <weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        promise_base& waiter = self.promise();
        starter_ = &waiter;
        racing_.emplace(waiter.ambient());
        racing_->set_owner(&waiter);
        pending_ = sizeof...(Tasks) + 1;
        // Every branch is started, even after one has won: each sees the stop at its first
        // suspension, and a fair race does not depend on who stands first.
        std::apply([&](auto&... each) { (each.start(*this, *racing_), ...); }, branches_);
        if (--pending_ == 0) return false;
        suspend(waiter);
        return true;
    }

    [[nodiscard]] outcome_type await_resume() {
        racing_.reset();
        return std::apply(
            [&](auto&... each) {
                return outcome_type(winner_,
                                    std::tuple<value_or_monostate<typename Tasks::value_type>...>{
                                        take_branch(each)...});
            },
            branches_);
    }

    // The branches run in a scope of their own, which the surrounding one stops.
    void request_stop() noexcept override {}
    void describe(std::string& out) const override {
        out += "when_any of " + std::to_string(sizeof...(Tasks));
    }

private:
    void branch_finished(scope_root& finished) noexcept override {
        if (winner_ == none) {
            winner_ = position_of(finished);
            racing_->request_stop();
        }
        if (--pending_ == 0) wake();
    }

    [[nodiscard]] std::size_t position_of(const scope_root& finished) noexcept {
        std::size_t position = 0;
        std::apply(
            [&](auto&... each) {
                std::size_t i = 0;
                ((static_cast<const scope_root*>(&each) == & finished ? position = i : i, ++i),
                 ...);
            },
            branches_);
        return position;
    }

    [[nodiscard]] promise_base* starter() const noexcept override { return starter_; }

    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    std::tuple<branch<Tasks>...> branches_;
    promise_base* starter_ = nullptr;
    std::optional<scope> racing_;
    std::size_t pending_ = 0;
    std::size_t winner_ = none;
};

}  // namespace detail

/// Runs all of `awaitables` at once; when the first finishes, requests a stop of the others and
/// waits until each of them has finished.
///
/// @param awaitables  tasks and other awaitables, as for `with_timeout`; at least one.
/// @return            a `race`: the position of the first to finish and every branch's result.
/// Errors:            those in the results; losers usually hold operation_canceled. An exception
///                    is rethrown after all have finished, the first in argument order.
/// Cancellation:      a stop reaches every branch; this returns when they have ended. A branch that
///                    completed although it was stopped keeps its value.
/// Allocates:         one pooled frame for each argument that is not a task.
template <awaitable... As>
    requires(sizeof...(As) > 0)
[[nodiscard]] auto when_any(As&&... awaitables) {
    return detail::when_any_awaiter<detail::task_of<As>...>(
        detail::as_task(std::forward<As>(awaitables))...);
}

}  // namespace weir
