// SPDX-License-Identifier: Apache-2.0
// peak_latency: how slow something is: up at once with the slowest answer, down slowly with the
// faster ones. So a target that stalls is left alone at once, and forgiven in time. (The idea is
// that of Finagle's Peak EWMA.)
#pragma once

#include <chrono>

namespace weir::balance {

/// An exponentially weighted moving average that is sensitive to peaks. A value.
class peak_latency {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// @param decay  in which the weight of what was falls to 1/e; more than 0.
    explicit peak_latency(std::chrono::nanoseconds decay) noexcept : decay_(decay) {}

    void observe(std::chrono::nanoseconds latency, time_point now) noexcept;
    /// In nanoseconds. Without answers it falls, so that what was slow is asked again some day.
    [[nodiscard]] double at(time_point now) const noexcept { return value_ * weight(now); }
    [[nodiscard]] bool is_known() const noexcept { return is_known_; }

private:
    /// Of what was observed up to now.
    [[nodiscard]] double weight(time_point now) const noexcept;

    std::chrono::nanoseconds decay_;
    double value_ = 0;
    time_point observed_at_{};
    bool is_known_ = false;
};

}  // namespace weir::balance
