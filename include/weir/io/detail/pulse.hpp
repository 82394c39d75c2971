// SPDX-License-Identifier: Apache-2.0
// pulse: shows another thread whether a loop goes round, at the price of two plain stores a turn.
#pragma once

#include <atomic>
#include <cstdint>

namespace weir::detail {

/// Who watches pulses. It sleeps while every loop is idle, and is woken by the first that is not.
class pulse_watcher {
public:
    pulse_watcher(const pulse_watcher&) = delete;
    pulse_watcher& operator=(const pulse_watcher&) = delete;

    /// Any thread.
    virtual void wake_up() noexcept = 0;
    [[nodiscard]] bool sleeps() const noexcept { return sleeps_.load(std::memory_order_relaxed); }

protected:
    pulse_watcher() noexcept = default;
    ~pulse_watcher() = default;

    std::atomic<bool> sleeps_{false};
};

/// Beaten by one loop, read by its watcher. The beat is relaxed: a late view only delays a
/// report.
class pulse {
public:
    pulse() noexcept = default;

    /// The loop is in the kernel, perhaps asleep.
    void rest() noexcept { beat_.store(0, std::memory_order_relaxed); }
    /// The loop is back and will run what is ready.
    void beat() noexcept {
        beat_.store(++turns_, std::memory_order_relaxed);
        pulse_watcher* watcher = watcher_.load(std::memory_order_acquire);
        if (watcher != nullptr && watcher->sleeps()) [[unlikely]]
            watcher->wake_up();
    }

    /// 0 while the loop is in the kernel, otherwise a number that each return from it changes.
    [[nodiscard]] std::uint64_t last_beat() const noexcept {
        return beat_.load(std::memory_order_relaxed);
    }
    /// Set while the loop does not run, or kept alive until it has ended.
    void watch(pulse_watcher* watcher) noexcept {
        watcher_.store(watcher, std::memory_order_release);
    }

private:
    std::uint64_t turns_ = 0;
    std::atomic<std::uint64_t> beat_{0};
    std::atomic<pulse_watcher*> watcher_{nullptr};
};

}  // namespace weir::detail
