// SPDX-License-Identifier: Apache-2.0
// signal_set: signals of the process as values to await, instead of handlers that may do nothing.
#pragma once

#include <weir/base/result.hpp>
#include <weir/base/unique_fd.hpp>
#include <weir/coro/task.hpp>

#include <array>
#include <concepts>
#include <memory>
#include <optional>
#include <span>

namespace weir {

/// Takes signals out of their normal course for as long as it lives. The constructor blocks them
/// in the calling thread, and threads inherit that: make it before any other thread is started,
/// else the signal may be delivered there in the old way. Belongs to the thread that made it; the
/// destructor discards what arrived meanwhile and was not taken, and restores the mask.
///
/// ```cpp
/// weir::signal_set signals(SIGINT, SIGTERM);
/// weir::result<int> signal = co_await signals.next();
/// ```
class signal_set {
public:
    /// @param signals  numbers of signal(7); SIGKILL and SIGSTOP cannot be taken.
    explicit signal_set(std::span<const int> signals);
    template <std::same_as<int>... More>
    explicit signal_set(int first, More... more)
        : signal_set(std::span<const int>(std::array<int, 1 + sizeof...(More)>{first, more...})) {}
    signal_set(const signal_set&) = delete;
    signal_set& operator=(const signal_set&) = delete;
    ~signal_set();

    /// Waits for one of the signals.
    ///
    /// @return        its number. Equal signals that arrive before one is taken count once, as
    ///                signal(7) has it.
    /// Errors:        too_many_files_open (no descriptor for signalfd(2)), operation_canceled.
    /// Cancellation:  a signal that arrived stays pending for the next call.
    /// Concurrency:   any number of waiters on this shard; each signal goes to one of them.
    /// Source:        signalfd(2), poll(2).
    [[nodiscard]] task<result<int>> next();

    /// The next signal that has arrived already, if any.
    ///
    /// Errors:        too_many_files_open.
    [[nodiscard]] result<std::optional<int>> try_next() noexcept;

    /// Readable while a signal is pending; opened on first use.
    ///
    /// Errors:        too_many_files_open.
    [[nodiscard]] result<int> descriptor() noexcept;

private:
    class masks;

    std::unique_ptr<masks> masks_;
    unique_fd fd_;
};

}  // namespace weir
