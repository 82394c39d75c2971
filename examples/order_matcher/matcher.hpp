// SPDX-License-Identifier: Apache-2.0
// matcher: the books of all symbols, and where the orders of late are. Pure state, for one thread.
#pragma once

#include "order_book.hpp"

#include <weir/eviction/bounded_map.hpp>
#include <weir/eviction/lru.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace matching {

/// A request as it lies in the hand-off: written there once, read there once.
class request {
public:
    /// What is asked for.
    enum class kind : std::uint8_t { place, cancel };

    order_id id = 0;
    std::chrono::steady_clock::time_point came;
    std::uint32_t quantity = 0;
    ticks limit = 0;
    std::uint16_t symbol = 0;
    side way = side::buy;
    kind what = kind::place;
};

/// Where quantities went: each one that came is in exactly one place.
class quantities {
public:
    quantities() = default;
    /// A trade takes as much of the one that came as of the one that waited.
    [[nodiscard]] bool add_up(std::uint64_t resting) const noexcept {
        return came == 2 * traded + cancelled + refused + resting;
    }
    std::uint64_t came = 0;
    std::uint64_t traded = 0;
    std::uint64_t cancelled = 0;
    std::uint64_t refused = 0;  ///< had no room in its book
};

/// Neither copies nor moves.
class matcher {
public:
    /// Takes all memory that there will ever be.
    explicit matcher(std::size_t symbols, ticks price_levels, std::size_t max_orders,
                     std::size_t max_remembered);
    matcher(const matcher&) = delete;
    matcher& operator=(const matcher&) = delete;

    void handle(const request& wanted) {
        if (wanted.what == request::kind::place) {
            place(wanted);
        } else {
            cancel(wanted);
        }
    }

    [[nodiscard]] const quantities& totals() const noexcept { return totals_; }
    [[nodiscard]] std::uint64_t resting() const noexcept;
    [[nodiscard]] bool is_uncrossed() const noexcept;
    /// Cancels whose order was remembered, and those whose book had to be searched.
    [[nodiscard]] std::uint64_t fast_cancels() const noexcept { return fast_cancels_; }
    [[nodiscard]] std::uint64_t slow_cancels() const noexcept { return slow_cancels_; }
    [[nodiscard]] std::size_t remembered() const noexcept { return whereabouts_.size(); }
    [[nodiscard]] std::size_t memory_bytes() const noexcept { return whereabouts_.memory_bytes(); }

private:
    void place(const request& wanted);
    void cancel(const request& wanted);

    std::deque<order_book> books_;
    weir::bounded_map<order_id, slot, weir::lru> whereabouts_;
    quantities totals_;
    std::uint64_t fast_cancels_ = 0;
    std::uint64_t slow_cancels_ = 0;
};

}  // namespace matching
