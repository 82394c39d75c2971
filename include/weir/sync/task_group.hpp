// SPDX-License-Identifier: Apache-2.0
// task_group: runs a bounded number of children at once and outlives them all.
//
// A group has a limit, because an unbounded one is a memory leak under load; so `spawn` is awaited,
// and that wait is the backpressure. (golang/sync's errgroup and trio's nursery are the models.)
//
//   open --spawn--> open                 children run in the group's own scope
//   open --first error / request_stop--> stopping   the scope is stopped; children still end
//   any  --join--> joined                all children have ended; the first error is handed over
#pragma once

#include <weir/base/error.hpp>
#include <weir/coro/scope.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/wait_queue.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

class task_group;

/// What a group does about a child that fails.
enum class on_error {
    stop_rest,    ///< the first error stops the other children and is returned by `join`
    collect_all,  ///< children are left alone; `errors()` lists every failure
};

namespace detail {

class group_child;

/// The scope of a group's children, which find their group through it.
class group_scope final : public scope {
public:
    explicit group_scope(scope& parent, task_group& group) noexcept
        : scope(parent), group_(group) {}
    [[nodiscard]] task_group& group() const noexcept { return group_; }

private:
    task_group& group_;
};

template <class F, class... Args>
class spawned_child;

template <class F, class... Args>
using spawned_task = std::invoke_result_t<F&, Args&&...>;

template <class Task>
inline constexpr bool is_group_task = false;
template <>
inline constexpr bool is_group_task<task<void>> = true;
template <>
inline constexpr bool is_group_task<task<result<void>>> = true;

}  // namespace detail

/// Owns running tasks. Lives in the frame of the task that owns it and belongs to that shard.
/// Destroying it while children run is a contract violation: `co_await group.join()` first, on
/// every path.
///
/// ```cpp
/// weir::task_group group(co_await weir::this_task(), 100);
/// auto started = group.spawn(handle, std::move(socket));
/// if (!co_await started) break;            // waits while 100 children are in flight
/// weir::result<void> outcome = co_await group.join();
/// ```
class task_group {
public:
    template <class F, class... Args>
    class spawn_awaiter;
    class join_awaiter;

    /// A group owned by the running task: `task_group group(co_await this_task(), 64);`
    /// @param max_in_flight  children at once, 1 ... any. 0 is a contract violation.
    explicit task_group(task_view owner, std::size_t max_in_flight,
                        on_error policy = on_error::stop_rest) noexcept
        : task_group(owner.ambient(), max_in_flight, policy) {
        scope_.set_owner(&owner.promise());
    }
    /// A group below `parent`, for those that stand outside of any task (the runtime, tests).
    explicit task_group(scope& parent, std::size_t max_in_flight,
                        on_error policy = on_error::stop_rest) noexcept
        : scope_(parent, *this), max_in_flight_(max_in_flight), policy_(policy) {
        WEIR_ASSERT(max_in_flight > 0, "a task_group needs max_in_flight of at least 1");
    }
    ~task_group() {
        WEIR_ASSERT(in_flight_ == 0, "a task_group was destroyed while children run: join it");
    }

    /// Starts `callable(args...)`, which gives a `task<>` or a `task<result<void>>`, as a child.
    /// Waits while `max_in_flight` children run. The callable and the arguments are moved or copied
    /// into the group and live until the child has ended, so a capturing lambda is safe here.
    /// Keep it in a statement of its own: `auto started = group.spawn(...); if (!co_await started)`
    /// (g++ 12 destroys a capturing lambda twice that stands in a `co_await` expression.)
    ///
    /// Errors:        operation_canceled when the caller or the group is stopped; then the child
    ///                was not started.
    /// Cancellation:  a stopped spawn has not started the child.
    /// Allocates:     the child's frame and one small block, both pooled.
    template <class F, class... Args>
        requires detail::is_group_task<detail::spawned_task<std::decay_t<F>, std::decay_t<Args>...>>
    [[nodiscard]] spawn_awaiter<std::decay_t<F>, std::decay_t<Args>...> spawn(F&& callable,
                                                                              Args&&... args);

    /// Starts a child if there is room now; returns whether it did.
    template <class F, class... Args>
        requires detail::is_group_task<detail::spawned_task<std::decay_t<F>, std::decay_t<Args>...>>
    [[nodiscard]] bool try_spawn(F&& callable, Args&&... args);

    /// Waits until every child has ended. One task joins, and may spawn again afterwards.
    ///
    /// @return        success, or the first error of a child. A child that ends in
    ///                operation_canceled after a stop is no error. An exception of a child is
    ///                rethrown.
    /// Errors:        those of the children.
    /// Cancellation:  a stop of the caller stops the children; this still waits for them.
    [[nodiscard]] join_awaiter join() noexcept;

    /// Asks all children to end; later spawns fail. Waits for nothing.
    void request_stop() noexcept;

    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
    [[nodiscard]] std::size_t max_in_flight() const noexcept { return max_in_flight_; }
    /// Children that wait in `spawn` for room.
    [[nodiscard]] std::size_t waiting_to_spawn() const noexcept { return room_.size(); }
    [[nodiscard]] bool is_stopped() const noexcept { return scope_.is_stopped(); }
    [[nodiscard]] scope& children_scope() noexcept { return scope_; }
    /// Under `collect_all`, every error in the order in which children failed.
    [[nodiscard]] const std::vector<std::error_code>& errors() const noexcept { return errors_; }

private:
    friend class detail::group_child;

    /// A slot is reserved before its child exists and passes directly to the spawner that waited
    /// longest, so that nobody who comes later can overtake it.
    [[nodiscard]] bool reserve_slot() noexcept {
        if (in_flight_ >= max_in_flight_) return false;
        ++in_flight_;
        return true;
    }
    void release_slot() noexcept;
    void note_error(std::error_code error);
    void note_exception(std::exception_ptr exception) noexcept;
    [[nodiscard]] result<void> outcome(bool owner_stopped);

    detail::group_scope scope_;
    wait_queue room_;
    join_awaiter* joiner_ = nullptr;
    std::size_t max_in_flight_;
    std::size_t in_flight_ = 0;
    on_error policy_;
    bool children_stopped_ = false;
    std::error_code first_error_;
    std::exception_ptr exception_;
    std::vector<std::error_code> errors_;
};

namespace detail {

/// A child in flight: a pooled block that owns the callable, the arguments and the task.
class group_child : public scope_root, public pooled {
public:
    virtual ~group_child() = default;

    /// Starts the child in the slot of `group` that was reserved for it.
    void launch(task_group& group) noexcept {
        group.scope_.add_root(*this);
        if (!promise().start_under(*this, group.scope_)) child_finished();
    }

protected:
    group_child() noexcept = default;

    void note(std::error_code error) { group().note_error(error); }
    void note(std::exception_ptr exception) noexcept { group().note_exception(exception); }
    void ended() noexcept {
        task_group& from = group();
        unlink();
        delete this;
        from.release_slot();
    }

private:
    // The child runs in the group's scope, so it needs no pointer of its own.
    [[nodiscard]] task_group& group() const noexcept {
        return static_cast<group_scope&>(promise().ambient()).group();
    }
};

template <class F, class... Args>
class spawned_child final : public group_child {
public:
    explicit spawned_child(F&& callable, std::tuple<Args...>&& args)
        : callable_(std::move(callable)),
          args_(std::move(args)),
          task_(std::apply(
              [&](Args&... each) { return std::invoke(kept(callable), std::move(each)...); },
              args_)) {}

    [[nodiscard]] promise_base& promise() const noexcept override { return task_.promise(); }
    void child_finished() noexcept override {
        auto& promise = task_.promise();
        if (auto exception = promise.exception()) {
            note(std::move(exception));
        } else if constexpr (requires { promise.value(); }) {
            if (!*promise.value()) note(promise.value()->error());
        }
        ended();
    }

private:
    /// A coroutine refers to the lambda that it is, but not to a pointer that it was called by.
    static constexpr bool is_pointer = std::is_pointer_v<F> || std::is_member_pointer_v<F>;
    class nothing {
    public:
        explicit nothing(F&&) noexcept {}
    };

    [[nodiscard]] F& kept([[maybe_unused]] F& given) noexcept {
        if constexpr (is_pointer) {
            return given;
        } else {
            return callable_;
        }
    }

    [[no_unique_address]] std::conditional_t<is_pointer, nothing, F> callable_;
    [[no_unique_address]] std::tuple<Args...> args_;
    spawned_task<F, Args...> task_;
};

}  // namespace detail

template <class F, class... Args>
class task_group::spawn_awaiter final : public wait_queue::waiter {
public:
    explicit spawn_awaiter(task_group& group, F callable, Args... args)
        : group_(group), callable_(std::move(callable)), args_(std::move(args)...) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        if (note_stop(self.promise()) || group_.is_stopped()) return false;
        has_slot_ = true;  // at once, or handed over by the child whose end wakes this spawner
        return !group_.reserve_slot() && join(group_.room_, self.promise());
    }
    result<void> await_resume() {
        if (was_stopped() || !has_slot_) return fail(std::errc::operation_canceled);
        return launch();
    }
    void describe(std::string& out) const override {
        out += "slot in group of " + std::to_string(group_.max_in_flight_);
    }

private:
    friend class task_group;

    /// Uses the reserved slot, or gives it back when the group was stopped or memory runs out.
    result<void> launch() {
        if (group_.is_stopped()) {
            group_.release_slot();
            return fail(std::errc::operation_canceled);
        }
        detail::spawned_child<F, Args...>* child = nullptr;
        try {
            child = new detail::spawned_child<F, Args...>(std::move(callable_), std::move(args_));
        } catch (...) {
            group_.release_slot();
            throw;
        }
        child->launch(group_);
        return {};
    }

    task_group& group_;
    F callable_;
    std::tuple<Args...> args_;
    bool has_slot_ = false;
};

class task_group::join_awaiter final : public wait_point {
public:
    explicit join_awaiter(task_group& group) noexcept : group_(group) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        ambient_ = &self.promise().ambient();
        if (ambient_->is_stopped()) group_.request_stop();
        if (group_.in_flight_ == 0) return false;
        WEIR_ASSERT(group_.joiner_ == nullptr, "two tasks join one task_group");
        group_.joiner_ = this;
        suspend(self.promise());
        return true;
    }
    result<void> await_resume() { return group_.outcome(ambient_->is_stopped()); }

    // The joiner may wait in a scope that is not above the group's: with_timeout(..., join()).
    // The children end then, and the last one wakes it.
    void request_stop() noexcept override { group_.request_stop(); }
    void describe(std::string& out) const override {
        out += "group with " + std::to_string(group_.in_flight_) + " in flight";
    }

private:
    friend class task_group;

    task_group& group_;
    scope* ambient_ = nullptr;
};

template <class F, class... Args>
    requires detail::is_group_task<detail::spawned_task<std::decay_t<F>, std::decay_t<Args>...>>
auto task_group::spawn(F&& callable, Args&&... args)
    -> spawn_awaiter<std::decay_t<F>, std::decay_t<Args>...> {
    return spawn_awaiter<std::decay_t<F>, std::decay_t<Args>...>(*this, std::forward<F>(callable),
                                                                 std::forward<Args>(args)...);
}

template <class F, class... Args>
    requires detail::is_group_task<detail::spawned_task<std::decay_t<F>, std::decay_t<Args>...>>
bool task_group::try_spawn(F&& callable, Args&&... args) {
    if (is_stopped() || in_flight_ >= max_in_flight_) return false;
    // Copying the arguments may throw, so the slot is taken after that.
    auto started = spawn(std::forward<F>(callable), std::forward<Args>(args)...);
    ++in_flight_;
    return started.launch().has_value();
}

inline task_group::join_awaiter task_group::join() noexcept { return join_awaiter(*this); }

}  // namespace weir
