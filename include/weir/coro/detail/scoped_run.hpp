// SPDX-License-Identifier: Apache-2.0
// scoped_run: the awaiter under everything that runs one task in a scope of its own (`with_value`,
// `with_stop`, `with_timeout`, `shield`).
#pragma once

#include <weir/coro/detail/branch.hpp>
#include <weir/coro/wait_point.hpp>

#include <optional>
#include <string>

namespace weir::detail {

template <class Task>
class scoped_run : public wait_point, private branch_owner {
public:
    [[nodiscard]] bool await_ready() const noexcept { return false; }

    // The task is a root of its own scope, which a stop reaches through the tree of scopes.
    void request_stop() noexcept override {}
    void describe(std::string& out) const override { out += "inner scope"; }

protected:
    explicit scoped_run(Task&& task) noexcept : branch_(std::move(task)) {}
    scoped_run(scoped_run&& other) noexcept
        : wait_point(std::move(other)), branch_(std::move(other.branch_)) {}
    ~scoped_run() = default;

    /// Makes the inner scope; the derived class may then set it up before `run`.
    scope& enter(promise_base& waiter, scope::inherit_stop inherit = scope::inherit_stop::yes) {
        starter_ = &waiter;
        inner_.emplace(waiter.ambient(), inherit);
        inner_->set_owner(&waiter);
        return *inner_;
    }
    /// Runs the task in the inner scope; returns false when it finished at once.
    [[nodiscard]] bool run() noexcept {
        branch_.start(*this, *inner_);
        if (finished_) return false;
        suspend(*starter_);
        return true;
    }
    /// Called when the task has ended, before the waiter goes on.
    virtual void task_ended() noexcept {}

    [[nodiscard]] scope& inner() noexcept { return *inner_; }
    decltype(auto) take() {
        inner_.reset();
        return branch_.take();
    }

private:
    [[nodiscard]] promise_base* starter() const noexcept override { return starter_; }
    void branch_finished(scope_root&) noexcept override {
        finished_ = true;
        task_ended();
        if (is_waiting()) wake();
    }

    branch<Task> branch_;
    std::optional<scope> inner_;
    promise_base* starter_ = nullptr;
    bool finished_ = false;
};

}  // namespace weir::detail
