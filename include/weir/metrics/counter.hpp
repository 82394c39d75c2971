// SPDX-License-Identifier: Apache-2.0
// counter: counts what happened. One thread writes it, any thread reads it, so that counting is one
// plain addition: no locked instruction, no cache line that shards fight over.
#pragma once

#include <atomic>
#include <cstdint>

namespace weir::metrics {

/// A number that only grows. Written by one thread at a time; read by any.
/// Several shards count into one `sharded<counter>`.
class counter {
public:
    counter() noexcept = default;
    counter(const counter&) = delete;
    counter& operator=(const counter&) = delete;

    /// The writing thread only.
    void add(std::uint64_t amount = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
    }
    /// Any thread.
    [[nodiscard]] std::uint64_t value() const noexcept {
        return value_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<std::uint64_t> value_{0};
};

}  // namespace weir::metrics
