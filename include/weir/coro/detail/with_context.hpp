// SPDX-License-Identifier: Apache-2.0
// with_context_awaiter: runs a task in a scope with more context values, whatever keeps those.
#pragma once

#include <weir/coro/detail/scoped_run.hpp>

#include <coroutine>
#include <utility>

namespace weir::detail {

/// `Values` says by `set_in(scope)` which values those are, and keeps them until the task has
/// ended.
template <class Values, class Task>
class with_context_awaiter final : public scoped_run<Task> {
public:
    explicit with_context_awaiter(Values values, Task&& task)
        : scoped_run<Task>(std::move(task)), values_(std::move(values)) {}

    template <weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        values_.set_in(this->enter(self.promise()));
        return this->run();
    }
    decltype(auto) await_resume() { return this->take(); }

private:
    Values values_;
};

template <class Values, awaitable A>
[[nodiscard]] auto run_with_context(Values values, A&& awaited) {
    return with_context_awaiter<Values, task_of<A>>(std::move(values),
                                                    as_task(std::forward<A>(awaited)));
}

}  // namespace weir::detail
