// SPDX-License-Identifier: Apache-2.0
// run: turns the calling thread into a shard for as long as one task runs.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/detail/branch.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/reactor.hpp>

#include <memory>
#include <string>
#include <utility>

namespace weir {

/// Why no reactor could be made: the error code, and advice for whoever runs the program.
class startup_error {
public:
    explicit startup_error(std::error_code code, std::string advice)
        : code_(code), advice_(std::move(advice)) {}
    [[nodiscard]] const std::error_code& code() const noexcept { return code_; }
    /// Names the switch (sysctl, seccomp, memlock, kernel version) and what to do.
    [[nodiscard]] const std::string& advice() const noexcept { return advice_; }

private:
    std::error_code code_;
    std::string advice_;
};

/// Makes a reactor over a real io_uring for the calling thread.
[[nodiscard]] result<std::unique_ptr<reactor>, startup_error> open_reactor(
    const reactor_options& options = {});

namespace detail {

/// The root of a shard's task tree: one task, whose end stops the loop.
template <class T>
class main_branch final : private branch_owner {
public:
    explicit main_branch(task<T> main) noexcept : branch_(std::move(main)) {}

    T run(reactor& loop) {
        loop.turn(false);  // reads the clock: the reactor may have been made long ago
        branch_.start(*this, loop.root());
        loop.run_until(done_);
        return branch_.take();
    }

private:
    void branch_finished(scope_root&) noexcept override { done_ = true; }
    [[nodiscard]] promise_base* starter() const noexcept override { return nullptr; }

    branch<task<T>> branch_;
    bool done_ = false;
};

/// Prints the advice and ends the process with status 69 (EX_UNAVAILABLE).
[[noreturn]] void exit_without_reactor(const startup_error& error);

}  // namespace detail

/// Runs `main` on `loop` until it has ended, and gives its result. Rethrows its exception.
template <class T>
T run(reactor& loop, task<T> main) {
    return detail::main_branch<T>(std::move(main)).run(loop);
}

/// Runs `main` on a new reactor of the calling thread until it has ended, and gives its result.
/// Where io_uring is missing or forbidden, it prints which switch forbids it and what to do, and
/// ends the process with status 69; use `open_reactor` to handle that yourself.
///
/// ```cpp
/// int main() { return weir::run(serve()); }
/// ```
template <class T>
T run(task<T> main, const reactor_options& options = {}) {
    auto loop = open_reactor(options);
    if (!loop) detail::exit_without_reactor(loop.error());
    return run(**loop, std::move(main));
}

}  // namespace weir
