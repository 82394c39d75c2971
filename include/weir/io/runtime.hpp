// SPDX-License-Identifier: Apache-2.0
// runtime: several shards, one thread and one loop each, that share nothing but messages.
//
//   made --start--> ready --run--> running --every main has ended--> over
//     \------------run-------------^   \--first failure, request_stop--> stopping --"--> over
//
// A loop must outlive every message to it. So all shards leave their loops together, after the
// last `main` has ended, and only then are the loops taken down.
#pragma once

#include <weir/base/result.hpp>
#include <weir/io/detail/shard_main.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/run.hpp>
#include <weir/io/shard.hpp>
#include <weir/io/stall.hpp>
#include <weir/io/task_dump.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace weir {

namespace detail {
class shard_set;
}

/// The processors that this process may run on: its affinity mask, at least 1.
[[nodiscard]] unsigned usable_processors() noexcept;

/// How a runtime is made.
class runtime_options {
public:
    runtime_options() noexcept {}

    /// 1 ... any; more than `usable_processors()` brings nothing but contention.
    unsigned shards = usable_processors();
    /// Binds shard i to the i-th usable processor. Good for a machine of one's own, bad beside
    /// others.
    bool pin = false;
    /// Callables that may wait in a shard for their turn (`shard::post`); more are refused.
    std::size_t max_posted = 65'536;
    /// SIGUSR2 writes the task tree of every shard to stderr. It is blocked for the process then.
    bool dump_on_signal = true;
    /// A turn of a loop that runs longer is reported; zero = never.
    std::chrono::nanoseconds stall_threshold = std::chrono::milliseconds(10);
    /// What is done with such a report.
    stall_hook on_stall = print_stall;
    reactor_options reactor;
};

/// Owns the shards and their threads. Neither copies nor moves. Used once: `run`, or `start` and
/// `run`, by one thread, which becomes shard 0.
///
/// ```cpp
/// weir::task<weir::result<void>> serve(weir::shard& here);   // runs once on every shard
///
/// int main() {
///     weir::runtime runtime;
///     return runtime.run(serve) ? 0 : 1;
/// }
/// ```
class runtime {
public:
    explicit runtime(const runtime_options& options = runtime_options());
    runtime(const runtime&) = delete;
    runtime& operator=(const runtime&) = delete;
    ~runtime();

    /// Starts the threads and their loops; all or none.
    /// Errors: a `startup_error` of the first shard that got no io_uring, with advice.
    [[nodiscard]] result<void, startup_error> start();

    /// Runs `main(shard)`, which gives a `task<>` or a `task<result<void>>`, on every shard until
    /// all of them have ended. `main` is called once a shard, on its thread, and lives until the
    /// end; calls may overlap, so what it refers to must bear that. Starts the shards if that was
    /// not done; where io_uring is missing it then ends the process like `weir::run`.
    ///
    /// @return        success, or the first error of a `main`; it stops the others, and what they
    ///                return because of that (operation_canceled) is no error. The first exception
    ///                is rethrown.
    template <class Main>
        requires std::is_invocable_v<Main&, shard&>
    result<void> run(Main&& main) {
        auto adapted = [&main](shard& here) { return detail::call_shard_main(main, here); };
        return run_on_each(adapted);
    }

    /// Any thread, while the runtime exists: asks the tasks of all shards to end.
    void request_stop() noexcept;

    [[nodiscard]] unsigned shard_count() const noexcept;
    [[nodiscard]] shard& at(unsigned index) const noexcept;
    /// Any thread: stalls noticed so far.
    [[nodiscard]] std::uint64_t stalls() const noexcept;

private:
    result<void> run_on_each(const detail::shard_main& main);

    std::unique_ptr<detail::shard_set> shards_;
};

}  // namespace weir
