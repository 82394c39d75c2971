// SPDX-License-Identifier: Apache-2.0
// branch: one child of when_all, when_any, with_timeout and their kin: a task that runs under a
// construct instead of under a coroutine, and counts down when it ends.
#pragma once

#include <weir/coro/concepts.hpp>
#include <weir/coro/scope.hpp>

#include <utility>

namespace weir::detail {

/// Told by a branch after its task has ended, perhaps still inside `start()`.
class branch_owner {
public:
    virtual void branch_finished(scope_root& branch) noexcept = 0;
    /// The coroutine that awaits the construct.
    [[nodiscard]] virtual promise_base* starter() const noexcept = 0;

protected:
    ~branch_owner() = default;
};

/// Holds a task and runs it in a scope. Lives in the awaiting frame until the task has ended.
template <class Task>
class branch final : public scope_root {
public:
    using value_type = typename Task::value_type;

    explicit branch(Task&& task) noexcept : task_(std::move(task)) {}
    // Only before start(): constructs hand their branches around until then.
    branch(branch&& other) noexcept : scope_root(std::move(other)), task_(std::move(other.task_)) {}

    /// Starts the task in `ambient`; `owner` is told when it ends, even if that is at once.
    void start(branch_owner& owner, scope& ambient) noexcept {
        owner_ = &owner;
        ambient.add_root(*this);
        if (!task_.promise().start_under(*this, ambient)) child_finished();
    }

    void child_finished() noexcept override {
        unlink();
        owner_->branch_finished(*this);
    }

    [[nodiscard]] promise_base& promise() const noexcept override { return task_.promise(); }
    [[nodiscard]] promise_base* starter() const noexcept override { return owner_->starter(); }

    [[nodiscard]] value_type take() { return task_.promise().take(); }
    [[nodiscard]] Task& task() noexcept { return task_; }

private:
    Task task_;
    branch_owner* owner_ = nullptr;
};

}  // namespace weir::detail
