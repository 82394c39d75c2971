// SPDX-License-Identifier: Apache-2.0
// shared_load: a load that belongs to none of those who wait for it: a task in a scope of its own,
// whose outcome is kept for all of them. Under single_flight and data_loader.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/detail/branch.hpp>
#include <weir/coro/scope.hpp>
#include <weir/coro/task.hpp>

#include <exception>
#include <optional>

namespace weir::detail {

/// Stays where it is until its task has ended.
template <class T>
class shared_load : private branch_owner {
public:
    /// Starts the `task<result<T>>` that `make()` gives; false when it has ended at once.
    template <class F>
    [[nodiscard]] bool start(F&& make) noexcept {
        try {
            running_.emplace(make());
        } catch (...) {
            exception = std::current_exception();
            return false;
        }
        is_starting_ = true;
        running_->start(*this, scope_);
        is_starting_ = false;
        return !has_ended_;
    }
    void stop() noexcept { scope_.request_stop(); }

    // Of a load that has ended: one of both.
    std::optional<result<T>> value;
    std::exception_ptr exception;

protected:
    /// The load runs below `parent`, and stands in the task tree where that does.
    explicit shared_load(scope& parent) noexcept : scope_(parent) {
        scope_.set_owner(parent.owner());
    }
    ~shared_load() = default;

    /// It has ended, but not inside of `start`. May destroy this.
    virtual void load_ended() noexcept = 0;

private:
    void branch_finished(scope_root&) noexcept override {
        has_ended_ = true;
        try {
            value.emplace(running_->take());
        } catch (...) {
            exception = std::current_exception();
        }
        if (!is_starting_) load_ended();
    }
    [[nodiscard]] promise_base* starter() const noexcept override { return nullptr; }

    scope scope_;
    std::optional<branch<task<result<T>>>> running_;
    bool is_starting_ = false;
    bool has_ended_ = false;
};

}  // namespace weir::detail
