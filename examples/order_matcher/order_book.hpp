// SPDX-License-Identifier: Apache-2.0
// order_book: the orders of one symbol that wait for a match, by price and then by time. Pure
// state: no clock, no I/O. All memory is taken at the start.
//
//   levels_   one a price, first and last of its line; below the spread bids stand, above asks
//   slots_    the orders, each linked to those before and behind it in its line
//   taken_    one bit a level: whether its line is not empty
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace matching {

using order_id = std::uint64_t;
using ticks = std::uint32_t;  ///< a price in its smallest steps
using slot = std::uint32_t;   ///< where an order stands in its book
constexpr slot no_slot = std::numeric_limits<slot>::max();

/// Which way an order trades.
enum class side : std::uint8_t { buy, sell };

/// What became of an order when it came.
class placement {
public:
    explicit placement(std::uint32_t filled_, slot rests_at_) noexcept
        : filled(filled_), rests_at(rests_at_) {}
    std::uint32_t filled;  ///< how much was traded at once
    slot rests_at;         ///< where what is left waits; no_slot = none is left, or has room
};

/// Neither copies nor moves. Its bounds are prices and orders: what finds no room is not kept.
class order_book {
public:
    /// @param price_levels  prices are 0 ... price_levels - 1.
    explicit order_book(ticks price_levels, std::size_t max_orders);
    order_book(const order_book&) = delete;
    order_book& operator=(const order_book&) = delete;

    /// Trades with those of the other side that are as good as `limit` or better, the best price
    /// first and the oldest order first; what is left waits at `limit`. O(1) a trade.
    [[nodiscard]] placement place(order_id id, side way, ticks limit, std::uint32_t quantity);
    /// Takes out what stands at `at`, if that is order `id` still. Returns its quantity; 0 = is
    /// not.
    std::uint32_t cancel(order_id id, slot at);
    /// Where order `id` stands; no_slot = nowhere. O(orders).
    [[nodiscard]] slot find(order_id id) const noexcept;

    /// The best prices; levels() where that side is empty, for asks, and below for bids.
    [[nodiscard]] ticks best_ask() const noexcept { return best_ask_; }
    [[nodiscard]] bool has_bids() const noexcept { return best_bid_ != none_below; }
    [[nodiscard]] ticks best_bid() const noexcept { return best_bid_; }
    [[nodiscard]] ticks levels() const noexcept { return static_cast<ticks>(levels_.size()); }
    /// Whether no bid would trade with an ask, as must always be.
    [[nodiscard]] bool is_uncrossed() const noexcept {
        return !has_bids() || best_bid_ < best_ask_;
    }
    /// Orders that wait, and their quantities together.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::uint64_t resting() const noexcept { return resting_; }

private:
    static constexpr ticks none_below = std::numeric_limits<ticks>::max();

    class order {
    public:
        order_id id = 0;
        std::uint32_t quantity = 0;  // 0 = the slot is free
        ticks price = 0;
        slot previous = no_slot;
        slot next = no_slot;  // of a free slot, too
    };
    class level {
    public:
        slot first = no_slot;
        slot last = no_slot;
    };

    [[nodiscard]] std::uint32_t trade_at(ticks price, std::uint32_t quantity);
    [[nodiscard]] slot append(order_id id, side way, ticks price, std::uint32_t quantity);
    void remove(slot at);
    void mark(ticks price, bool is_taken) noexcept;
    void level_emptied(ticks price) noexcept;
    [[nodiscard]] ticks taken_from(ticks price) const noexcept;
    [[nodiscard]] ticks taken_up_to(ticks price) const noexcept;

    std::vector<level> levels_;
    std::vector<std::uint64_t> taken_;
    std::vector<order> slots_;
    slot free_ = no_slot;
    ticks best_ask_;
    ticks best_bid_ = none_below;
    std::size_t size_ = 0;
    std::uint64_t resting_ = 0;
};

}  // namespace matching
