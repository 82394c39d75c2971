// SPDX-License-Identifier: Apache-2.0
// gauge: how much of something there is now. One thread writes it, any thread reads it.
#pragma once

#include <atomic>
#include <cstdint>

namespace weir::metrics {

/// A number that goes up and down. Written by one thread at a time; read by any.
class gauge {
public:
    gauge() noexcept = default;
    gauge(const gauge&) = delete;
    gauge& operator=(const gauge&) = delete;

    // The writing thread only.
    void set(std::int64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
    void add(std::int64_t amount = 1) noexcept { set(value() + amount); }
    void subtract(std::int64_t amount = 1) noexcept { set(value() - amount); }

    /// Any thread.
    [[nodiscard]] std::int64_t value() const noexcept {
        return value_.load(std::memory_order_relaxed);
    }

private:
    std::atomic<std::int64_t> value_{0};
};

}  // namespace weir::metrics
