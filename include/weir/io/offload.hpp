// SPDX-License-Identifier: Apache-2.0
// offload: runs blocking work (a resolver, a compression, a foreign library) on a few threads
// beside the shards, so that it never stops an event loop.
//
// A job lies in the frame of the coroutine that awaits it, so queueing costs no memory and needs
// no bound of its own: whoever waits is suspended, and those who came first are served first,
// whatever shard they are on. The coroutine never changes its thread; only the callable runs
// elsewhere, so the context, the scope and every shard-local object stay where they are.
//
//   idle --begin--> queued --a thread is free--> running --posted back--> idle
//                     | stop: withdrawn             | stop: waited for, its result is returned
//                     v                             v
//                  operation_canceled            result
#pragma once

#include <weir/base/intrusive_list.hpp>
#include <weir/coro/wait_point.hpp>
#include <weir/io/detail/stored_call.hpp>
#include <weir/io/post.hpp>
#include <weir/io/reactor.hpp>

#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir {

class offload_pool;

namespace detail {

/// One piece of blocking work. Belongs to its shard, apart from the time on a thread of the pool.
class offload_job : public wait_point, public list_node, private inbox_message {
public:
    void request_stop() noexcept final;
    void describe(std::string& out) const final;

protected:
    explicit offload_job(offload_pool& pool) noexcept : pool_(pool) {}
    offload_job(offload_job&&) noexcept = default;
    ~offload_job() = default;

    /// Queues the job, unless the caller is stopped already or no thread can be had.
    [[nodiscard]] bool begin(promise_base& waiter) noexcept;
    /// Why the callable was not run; no error = it was.
    [[nodiscard]] std::error_code refusal() const noexcept { return refusal_; }
    /// Runs the callable, on a thread of the pool.
    virtual void invoke() noexcept = 0;

private:
    friend class weir::offload_pool;
    void run() noexcept final { wake(); }

    offload_pool& pool_;
    reactor* home_ = nullptr;
    std::error_code refusal_;
};

}  // namespace detail

/// Size of an `offload_pool`.
class offload_options {
public:
    offload_options() noexcept {}
    /// Threads at most, 1 ... any; each is started when there is work that no idle one can take.
    unsigned max_threads = 4;
};

/// A few threads for blocking work. Any shard may use it. It must outlive its jobs; the destructor
/// waits for its threads. All signals are blocked in them. After a fork the child has none of them:
/// do not use a pool there that its parent has used.
class offload_pool {
public:
    explicit offload_pool(const offload_options& options = offload_options());
    offload_pool(const offload_pool&) = delete;
    offload_pool& operator=(const offload_pool&) = delete;
    ~offload_pool();

    /// The pool that `offload` uses when none is named; made on first use.
    [[nodiscard]] static offload_pool& process();

    // Any thread; for metrics and tests.
    [[nodiscard]] std::size_t queued() const;
    [[nodiscard]] std::size_t running() const;
    [[nodiscard]] std::size_t threads() const;

private:
    friend class detail::offload_job;

    [[nodiscard]] bool enqueue(detail::offload_job& job);
    [[nodiscard]] bool withdraw(detail::offload_job& job);
    [[nodiscard]] bool is_queued(const detail::offload_job& job) const;
    void start_thread();
    void work();

    mutable std::mutex mutex_;
    std::condition_variable work_added_;
    intrusive_list<detail::offload_job> queue_;
    std::vector<std::thread> threads_;
    unsigned max_threads_;
    std::size_t queued_ = 0;
    std::size_t idle_ = 0;
    bool ending_ = false;
};

namespace detail {

template <class F, class... Args>
class offload_awaiter final : public offload_job {
public:
    using return_type = typename stored_call<F, Args...>::return_type;

    explicit offload_awaiter(offload_pool& pool, F callable, Args... args)
        : offload_job(pool), call_(std::move(callable), std::move(args)...) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        return begin(self.promise());
    }
    [[nodiscard]] flat_result_t<return_type> await_resume() {
        if (refusal()) return fail(refusal());
        return outcome_.take();
    }

private:
    void invoke() noexcept override { outcome_.capture(call_); }

    stored_call<F, Args...> call_;
    call_outcome<return_type> outcome_;
};

}  // namespace detail

/// Runs `callable(args...)` on a thread of `pool` and gives what it returns. The callable and the
/// arguments are stored until then; nothing of the shard may be touched from the callable. Context
/// values that it needs are given to it as a `context_view`.
/// Give a capturing lambda a statement of its own (g++ 12 destroys it twice otherwise):
///
/// ```cpp
/// auto reading = weir::offload([path] { return slow_read(path); });
/// weir::result<std::string> text = co_await reading;
/// ```
/// @return        `result<T>` of the callable's `T`; a `result` is not wrapped again. What the
///                callable throws is rethrown here.
/// Errors:        operation_canceled; resource_unavailable_try_again when the pool has no thread
///                and none can be started; those of the callable.
/// Cancellation:  a job that no thread has begun is withdrawn; one that runs is waited for and its
///                result is returned.
/// Concurrency:   any number of jobs from any shard; first come, first served.
/// Allocates:     nothing, after the threads are there.
template <class F, class... Args>
    requires std::is_invocable_v<std::decay_t<F>&, std::decay_t<Args>&&...>
[[nodiscard]] detail::offload_awaiter<std::decay_t<F>, std::decay_t<Args>...> offload_to(
    offload_pool& pool, F&& callable, Args&&... args) {
    return detail::offload_awaiter<std::decay_t<F>, std::decay_t<Args>...>(
        pool, std::forward<F>(callable), std::forward<Args>(args)...);
}

/// The same on the pool of the process: `auto sum = co_await offload(&slow_sum, numbers);`.
///
/// Errors:        as `offload_to`.
/// Cancellation:  as `offload_to`.
template <class F, class... Args>
    requires std::is_invocable_v<std::decay_t<F>&, std::decay_t<Args>&&...>
[[nodiscard]] detail::offload_awaiter<std::decay_t<F>, std::decay_t<Args>...> offload(
    F&& callable, Args&&... args) {
    return detail::offload_awaiter<std::decay_t<F>, std::decay_t<Args>...>(
        offload_pool::process(), std::forward<F>(callable), std::forward<Args>(args)...);
}

}  // namespace weir
