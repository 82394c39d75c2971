// SPDX-License-Identifier: Apache-2.0
// The live task tree of the whole program, on request or on SIGUSR2.
#pragma once

#include <weir/coro/concepts.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/when_any.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace weir {

/// How a dump is written.
enum class dump_format {
    text,  ///< an indented listing, one coroutine a line, shard by shard
    json,  ///< `[{"shard":0,"tasks":[...]}, ...]`, tasks as in `task_tree::to_json`
};

/// Lists every task of all shards of the runtime (of this thread's loop outside of one), each with
/// what it waits for and for how long. Shards are listed one after the other, not at one instant.
///
/// Errors:        none: a shard that could not be asked because of a stop is left out.
/// Cancellation:  gives what it has.
/// Allocates:     the text.
[[nodiscard]] task<std::string> dump_tasks(dump_format format = dump_format::text);

namespace detail {

/// Writes this thread's tasks to stderr at every SIGUSR2, until stopped.
[[nodiscard]] task<void> dump_on_signal();

template <class T>
task<T> run_with_dump(task<T> work) {
    // The dump first: it blocks the signal, which would end the process otherwise.
    auto both = co_await when_any(dump_on_signal(), std::move(work));
    if constexpr (!std::is_void_v<T>) co_return std::move(both.template outcome<1>());
}

}  // namespace detail

/// Runs `awaited`; meanwhile SIGUSR2 writes the task tree of this thread's loop to stderr. For
/// `weir::run`; a `runtime` does so by itself. Threads that exist already must block the signal.
///
/// ```cpp
/// int main() { return weir::run(weir::with_task_dump(serve())); }
/// ```
/// Errors:        those of `awaited`.
/// Cancellation:  as `awaited`.
template <awaitable A>
[[nodiscard]] auto with_task_dump(A&& awaited) {
    return detail::run_with_dump(detail::as_task(std::forward<A>(awaited)));
}

}  // namespace weir
