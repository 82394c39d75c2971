// SPDX-License-Identifier: Apache-2.0
// stall_report: what the runtime says about a shard whose loop does not come round.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// A turn of a shard that runs for too long: every other task of the shard waits meanwhile.
class stall_report {
public:
    explicit stall_report(unsigned shard, std::chrono::nanoseconds so_far,
                          std::chrono::nanoseconds on_processor, std::vector<std::string> stack)
        : shard_(shard), so_far_(so_far), on_processor_(on_processor), stack_(std::move(stack)) {}

    [[nodiscard]] unsigned shard() const noexcept { return shard_; }
    /// How long the turn had run at least when it was noticed; it may have gone on.
    [[nodiscard]] std::chrono::nanoseconds so_far() const noexcept { return so_far_; }
    /// How much of it the thread really ran: little means that it blocked in a system call, or that
    /// the machine had no processor for it.
    [[nodiscard]] std::chrono::nanoseconds on_processor() const noexcept { return on_processor_; }
    /// The functions that ran, the innermost first, as far as the program has symbols. Coroutines
    /// appear under their own names. Empty when the thread could not be interrupted.
    [[nodiscard]] const std::vector<std::string>& stack() const noexcept { return stack_; }
    /// One line: `shard 1 stalled for 12 ms, 12 ms of it on a processor: hash_all() <- serve()`.
    [[nodiscard]] std::string to_text() const;

private:
    unsigned shard_;
    std::chrono::nanoseconds so_far_;
    std::chrono::nanoseconds on_processor_;
    std::vector<std::string> stack_;
};

/// Called on the runtime's watching thread, one at a time. Must not throw.
using stall_hook = std::function<void(const stall_report&)>;

/// Writes the line to stderr; what a runtime does when nothing else is said.
void print_stall(const stall_report& report);

}  // namespace weir
