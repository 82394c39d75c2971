// SPDX-License-Identifier: Apache-2.0
// timer and timer_wheel: deadlines kept in user space, so that a timer costs no system call; the
// kernel is only told the nearest one when the loop is about to sleep.
//
// A hierarchical wheel (Varghese and Lauck, 1987): six levels of 64 slots, each level 64 times as
// coarse as the one below. Arming and cancelling are O(1); a timer moves down at most five times.
#pragma once

#include <weir/base/intrusive_list.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace weir {

class timer_wheel;

/// Something that happens at a moment. Embedded in whatever waits; disarmed before it is destroyed.
class timer : public list_node {
public:
    /// Called once when the moment has come; the timer is disarmed then and may be armed again.
    virtual void expired() noexcept = 0;

    [[nodiscard]] bool is_armed() const noexcept { return is_linked(); }

protected:
    timer() noexcept = default;
    timer(timer&&) noexcept = default;
    ~timer() = default;

private:
    friend class timer_wheel;
    std::uint64_t tick_ = 0;
    std::uint16_t slot_ = 0;  // level * 64 + index
};

/// All armed timers of a shard.
class timer_wheel {
public:
    using time_point = std::chrono::steady_clock::time_point;
    /// Timers fire up to this much late, never early.
    static constexpr std::chrono::nanoseconds resolution{1 << 16};

    explicit timer_wheel(time_point start) noexcept : start_(start) {}

    /// Arms `entry` for `deadline`; one in the past fires at the next turn.
    void arm(timer& entry, time_point deadline) noexcept;
    /// Disarms `entry`; harmless when it is not armed.
    void disarm(timer& entry) noexcept;

    /// A moment not after the next expiry; `time_point::max()` when no timer is armed.
    [[nodiscard]] time_point next_wakeup() const noexcept;
    /// Fires everything due at `now`.
    void advance(time_point now) noexcept;

    [[nodiscard]] std::size_t armed() const noexcept { return armed_; }

private:
    static constexpr unsigned levels = 6;
    static constexpr unsigned slots = 64;
    static constexpr unsigned slot_bits = 6;

    struct expiry {
        unsigned level;
        unsigned slot;
        std::uint64_t tick;
    };

    [[nodiscard]] bool next_expiry(expiry& out) const noexcept;
    void place(timer& entry) noexcept;

    time_point start_;
    std::uint64_t elapsed_ = 0;  // ticks processed
    std::size_t armed_ = 0;
    std::uint64_t occupied_[levels] = {};
    intrusive_list<timer> wheel_[levels][slots];
};

}  // namespace weir
