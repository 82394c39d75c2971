// SPDX-License-Identifier: Apache-2.0
// stop_source: a handle that stops a piece of running work from outside of it.
#pragma once

#include <weir/coro/detail/scoped_run.hpp>

#include <utility>

namespace weir {

namespace detail {

class stoppable : public list_node {
public:
    virtual void stop() noexcept = 0;

protected:
    stoppable() noexcept = default;
    stoppable(stoppable&&) noexcept = default;
    ~stoppable() = default;
};

template <class Task>
class with_stop_awaiter;

}  // namespace detail

/// Stops the work that runs under `with_stop(source, ...)`. Belongs to one shard and must outlive
/// that work. A stop stays requested: work that starts later is stopped from its beginning.
///
/// ```cpp
/// weir::stop_source stop;
/// group.spawn(serve_until, std::ref(stop));   // co_await with_stop(stop, serve())
/// stop.request_stop();
/// ```
class stop_source {
public:
    stop_source() noexcept = default;

    /// Stops everything that runs, or will run, under this source. Waits for nothing.
    void request_stop() noexcept {
        requested_ = true;
        running_.for_each([](detail::stoppable& each) { each.stop(); });
    }
    [[nodiscard]] bool stop_requested() const noexcept { return requested_; }

private:
    template <class Task>
    friend class detail::with_stop_awaiter;

    intrusive_list<detail::stoppable> running_;
    bool requested_ = false;
};

namespace detail {

template <class Task>
class with_stop_awaiter final : public scoped_run<Task>, private stoppable {
public:
    explicit with_stop_awaiter(stop_source& source, Task&& task)
        : scoped_run<Task>(std::move(task)), source_(source) {}

    template <weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        this->enter(self.promise());
        source_.running_.push_back(*this);
        if (source_.requested_) stop();
        return this->run();
    }
    decltype(auto) await_resume() { return this->take(); }

private:
    void stop() noexcept override { this->inner().request_stop(); }
    void task_ended() noexcept override { this->unlink(); }

    stop_source& source_;
};

}  // namespace detail

/// Runs `awaited` so that `source.request_stop()` stops it, as does a stop of the caller.
///
/// @return        what `awaited` gives; after a stop usually operation_canceled.
/// Errors:        those of `awaited`.
/// Cancellation:  as `awaited`.
template <awaitable A>
[[nodiscard]] auto with_stop(stop_source& source, A&& awaited) {
    return detail::with_stop_awaiter<detail::task_of<A>>(source,
                                                         detail::as_task(std::forward<A>(awaited)));
}

}  // namespace weir
