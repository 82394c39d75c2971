// SPDX-License-Identifier: Apache-2.0
// latency_sample: how long the last calls took. It forgets, as a histogram of all calls does not.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

namespace weir::resilience {

/// The last 128 latencies. A value of about 1 KiB; belongs to one thread at a time.
class latency_sample {
public:
    static constexpr std::size_t size = 128;

    void add(std::chrono::nanoseconds latency) noexcept {
        latest_[next_] = latency;
        next_ = (next_ + 1) % size;
        if (count_ < size) ++count_;
    }
    /// How many it holds, 0 ... `size`.
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    /// What the part `fraction` of the latencies does not exceed; none of none.
    /// @param fraction  0 ... 1.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> quantile(double fraction) const noexcept;

private:
    std::array<std::chrono::nanoseconds, size> latest_{};
    std::size_t next_ = 0;
    std::size_t count_ = 0;
};

}  // namespace weir::resilience
