// SPDX-License-Identifier: Apache-2.0
// send_times: when the messages in flight of one connection were, or should have been, sent. First
// in, first out; it grows to what is needed, because thousands of connections usually need one.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

/// A growing ring of moments.
class send_times {
public:
    using time_point = std::chrono::steady_clock::time_point;

    void push(time_point sent) {
        if (count_ == ring_.size()) grow();
        ring_[(first_ + count_) & (ring_.size() - 1)] = sent;
        ++count_;
    }
    [[nodiscard]] time_point pop() noexcept {
        const time_point oldest = ring_[first_];
        first_ = (first_ + 1) & (ring_.size() - 1);
        --count_;
        return oldest;
    }
    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return count_; }

private:
    void grow() {
        std::vector<time_point> larger(ring_.empty() ? 1 : ring_.size() * 2);
        for (std::size_t i = 0; i < count_; ++i) {
            larger[i] = ring_[(first_ + i) & (ring_.size() - 1)];
        }
        ring_.swap(larger);
        first_ = 0;
    }

    std::vector<time_point> ring_;  // the size is a power of two
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};
