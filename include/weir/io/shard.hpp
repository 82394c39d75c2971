// SPDX-License-Identifier: Apache-2.0
// shard: one thread of a runtime with its own loop, and the ways from one shard to another.
//
// A call to another shard allocates nothing: its messages lie in the frame of the caller, which is
// suspended until they have all been answered.
//
//   caller's shard                       target
//   run ----------------request--------> call; start the task in a scope below the root scope
//   stop of the caller ----stop--------> stop that scope           (only if it is still running)
//        <-----------------ack---------- seen
//        <----------------reply--------- the task has ended
//   the caller goes on when the reply, and the ack if a stop was sent, have arrived
#pragma once

#include <weir/coro/detail/frame_pool.hpp>
#include <weir/coro/scope.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/wait_point.hpp>
#include <weir/io/detail/stored_call.hpp>
#include <weir/io/post.hpp>
#include <weir/io/reactor.hpp>

#include <atomic>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace weir {

class shard;

namespace sim {
class simulated_shard;
}

namespace detail {

class shard_thread;

/// The shards that can call each other: those of a runtime, or of a simulated application.
class shard_family {
public:
    // Any thread.
    [[nodiscard]] virtual unsigned size() const noexcept = 0;
    [[nodiscard]] virtual std::size_t max_posted() const noexcept = 0;
    [[nodiscard]] virtual shard& at(unsigned index) const noexcept = 0;

protected:
    ~shard_family() = default;
};

template <class F, class... Args>
class cross_call;
template <class F>
class posted_call;

}  // namespace detail

/// A shard of a `runtime`. Lives as long as the runtime. Functions are for the shard's own tasks,
/// apart from those marked otherwise.
///
/// ```cpp
/// weir::shard& other = weir::this_shard().sibling(1);
/// weir::result<int> sum = co_await other.run(&sum_of_local_counters);
/// ```
class shard {
public:
    shard(const shard&) = delete;
    shard& operator=(const shard&) = delete;

    /// Any thread: 0 ... count() - 1. Shard 0 runs on the thread that called `runtime::run`.
    [[nodiscard]] unsigned index() const noexcept { return index_; }
    /// Any thread: how many shards the runtime has.
    [[nodiscard]] unsigned count() const noexcept;
    /// Any thread: the shard at `index`, 0 ... count() - 1.
    [[nodiscard]] shard& sibling(unsigned index) const noexcept;
    /// The shard that the calling thread runs; null outside of a runtime.
    [[nodiscard]] static shard* current_or_null() noexcept { return current_; }

    /// Runs `callable()` on this shard, between two coroutines, and does not wait for it. It must
    /// not throw. Callables of one thread run in the order in which they were posted.
    ///
    /// @return        success; then it will be called, unless the last `main` has ended before.
    /// Errors:        no_buffer_space when `runtime_options::max_posted` callables wait here
    ///                already: try again later, or use `run`, which waits. broken_pipe when the
    ///                runtime does not run. The callable is untouched then.
    /// Concurrency:   any thread.
    /// Allocates:     one pooled block.
    template <class F>
        requires std::is_invocable_v<std::decay_t<F>&>
    [[nodiscard]] result<void> post(F&& callable);

    /// Runs `callable(args...)` on this shard and waits for the end. It may return a value or a
    /// task, which runs there. The callable and the arguments stay in the caller's frame until
    /// then. Context values and the deadline of the caller do not cross: they belong to its shard,
    /// and the task there runs in the root scope of that one. `carrying(view, callable)` takes
    /// named values along. Give a capturing lambda a statement of its own (g++ 12 destroys it twice
    /// otherwise).
    ///
    /// @return        `result<T>` of what it returns or its task yields; a `result` is not wrapped
    ///                again. Its exception is rethrown here.
    /// Errors:        operation_canceled; those of the callable.
    /// Cancellation:  a stop of the caller is handed on to the task there, whose end is waited for;
    ///                its result is returned.
    /// Concurrency:   from tasks of any shard of the same runtime, also of this one.
    /// Allocates:     nothing but the task's frame, which is pooled.
    template <class F, class... Args>
        requires std::is_invocable_v<std::decay_t<F>&, std::decay_t<Args>&&...>
    [[nodiscard]] detail::cross_call<std::decay_t<F>, std::decay_t<Args>...> run(F&& callable,
                                                                                 Args&&... args);

    /// Its own thread: the loop of this shard.
    [[nodiscard]] reactor& loop() const noexcept { return *loop_; }

private:
    friend class detail::shard_thread;
    friend class sim::simulated_shard;

    explicit shard(detail::shard_family& set, unsigned index) noexcept : set_(set), index_(index) {}

    template <class F>
    friend class detail::posted_call;

    [[nodiscard]] bool try_post(inbox_message& message) noexcept;
    [[nodiscard]] result<void> reserve_post() noexcept;
    void release_post() noexcept { posted_.fetch_sub(1, std::memory_order_relaxed); }

    // The lowest bit of visitors_ says that nothing can be posted; the rest counts foreign threads
    // that are posting, so that the loop does not end under them.
    static constexpr std::uint32_t closed = 1;
    static constexpr std::uint32_t visitor = 2;

    static thread_local shard* current_;

    detail::shard_family& set_;
    reactor* loop_ = nullptr;
    unsigned index_;
    bool is_ending_ = false;
    std::atomic<std::uint32_t> visitors_{closed};
    std::atomic<std::size_t> posted_{0};  // callables that wait in the inbox
};

/// The shard that the calling task runs on. Calling it outside of a runtime is a contract
/// violation.
[[nodiscard]] shard& this_shard() noexcept;

namespace detail {

/// The part of a call to another shard that does not depend on what is called.
class cross_call_base : public wait_point, public scope_root {
public:
    void request_stop() noexcept final;
    void describe(std::string& out) const final;

protected:
    explicit cross_call_base(shard& target) noexcept
        : target_(target), request_(*this), stop_(*this), reply_(*this), ack_(*this) {}
    cross_call_base(cross_call_base&& other) noexcept
        : wait_point(std::move(other)),
          scope_root(std::move(other)),
          target_(other.target_),
          request_(*this),
          stop_(*this),
          reply_(*this),
          ack_(*this) {}
    ~cross_call_base() = default;

    // On the caller's shard.
    [[nodiscard]] bool send(promise_base& waiter) noexcept;
    [[nodiscard]] bool was_refused() const noexcept { return refused_; }

    // On the target.
    /// Makes the call; whatever it starts ends with `finish`.
    virtual void begin() noexcept = 0;
    /// Starts `promise` in a scope of its own below the target's root.
    void start(promise_base& promise) noexcept;
    /// The call has ended. The caller may destroy this object from here on.
    void finish() noexcept;

private:
    template <void (cross_call_base::*Arrived)() noexcept>
    class message final : public inbox_message {
    public:
        explicit message(cross_call_base& call) noexcept : call_(call) {}
        void run() noexcept override { (call_.*Arrived)(); }

    private:
        cross_call_base& call_;
    };

    void request_arrived() noexcept { begin(); }
    void stop_arrived() noexcept;
    void reply_arrived() noexcept;
    void ack_arrived() noexcept;

    shard& target_;
    reactor* home_ = nullptr;
    std::optional<scope> inner_;  // lives on the target
    message<&cross_call_base::request_arrived> request_;
    message<&cross_call_base::stop_arrived> stop_;
    message<&cross_call_base::reply_arrived> reply_;
    message<&cross_call_base::ack_arrived> ack_;
    bool refused_ = false;  // the rest belongs to the caller's shard, but for ended_
    bool replied_ = false;
    bool awaits_ack_ = false;
    bool stop_sent_ = false;
    bool ended_ = false;  // on the target
};

template <class T>
struct call_value {
    using type = T;
};
template <class T>
struct call_value<task<T>> {
    using type = T;
};

template <class F, class... Args>
class [[nodiscard]] cross_call final : public cross_call_base {
public:
    using return_type = typename stored_call<F, Args...>::return_type;
    using value_type = typename call_value<std::remove_cvref_t<return_type>>::type;

    explicit cross_call(shard& target, F callable, Args... args)
        : cross_call_base(target), call_(std::move(callable), std::move(args)...) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        return send(self.promise());
    }
    [[nodiscard]] flat_result_t<value_type> await_resume() {
        if (was_refused()) return fail(std::errc::operation_canceled);
        return outcome_.take();
    }

private:
    static constexpr bool makes_task = is_task<std::remove_cvref_t<return_type>>;

    void begin() noexcept override {
        if constexpr (makes_task) {
            try {
                task_.emplace(call_());
            } catch (...) {
                outcome_.capture([]() -> value_type { throw; });
                return finish();
            }
            start(task_->promise());
        } else {
            outcome_.capture(call_);
            finish();
        }
    }
    [[nodiscard]] promise_base& promise() const noexcept override { return task_->promise(); }
    void child_finished() noexcept override {
        unlink();
        if constexpr (makes_task) {
            outcome_.capture([this]() -> value_type { return task_->promise().take(); });
            task_.reset();  // here, where its frame was taken from the pool
        }
        finish();
    }

    stored_call<F, Args...> call_;
    call_outcome<value_type> outcome_;
    std::optional<task<value_type>> task_;
};

/// Whether the calling shard only clears its inbox.
[[nodiscard]] bool shard_is_ending() noexcept;

/// A callable on its way. Owns itself.
template <class F>
class posted_call final : public inbox_message, public pooled {
public:
    explicit posted_call(shard& target, F&& callable)
        : target_(target), callable_(std::move(callable)) {}
    explicit posted_call(shard& target, const F& callable) : target_(target), callable_(callable) {}

    void run() noexcept override {
        target_.release_post();
        // Once the shard is ending, what the callable refers to may be gone.
        if (!shard_is_ending()) callable_();
        delete this;
    }

private:
    shard& target_;
    F callable_;
};

}  // namespace detail

template <class F>
    requires std::is_invocable_v<std::decay_t<F>&>
result<void> shard::post(F&& callable) {
    if (const result<void> reserved = reserve_post(); !reserved) return reserved;
    auto* message = new detail::posted_call<std::decay_t<F>>(*this, std::forward<F>(callable));
    if (try_post(*message)) return {};
    delete message;
    release_post();
    return fail(std::errc::broken_pipe);
}

template <class F, class... Args>
    requires std::is_invocable_v<std::decay_t<F>&, std::decay_t<Args>&&...>
detail::cross_call<std::decay_t<F>, std::decay_t<Args>...> shard::run(F&& callable,
                                                                      Args&&... args) {
    return detail::cross_call<std::decay_t<F>, std::decay_t<Args>...>(
        *this, std::forward<F>(callable), std::forward<Args>(args)...);
}

}  // namespace weir
