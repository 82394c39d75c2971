// SPDX-License-Identifier: Apache-2.0
#include "order_book.hpp"

#include <weir/base/assert.hpp>

#include <algorithm>
#include <bit>

namespace matching {

namespace {

constexpr ticks word_bits = 64;

}  // namespace

order_book::order_book(ticks price_levels, std::size_t max_orders)
    : levels_(price_levels),
      taken_((price_levels + word_bits - 1) / word_bits),
      slots_(max_orders),
      best_ask_(price_levels) {
    WEIR_ASSERT(max_orders < no_slot, "an order book numbers its slots in 32 bits");
    for (std::size_t i = max_orders; i > 0; --i) {
        slots_[i - 1].next = free_;
        free_ = static_cast<slot>(i - 1);
    }
}

placement order_book::place(order_id id, side way, ticks limit, std::uint32_t quantity) {
    WEIR_ASSERT(limit < levels(), "a limit is one of the prices of its book");
    const std::uint32_t wanted = quantity;
    if (way == side::buy) {
        while (quantity > 0 && best_ask_ <= limit) quantity -= trade_at(best_ask_, quantity);
    } else {
        while (quantity > 0 && has_bids() && best_bid_ >= limit) {
            quantity -= trade_at(best_bid_, quantity);
        }
    }
    const slot rests_at = quantity > 0 ? append(id, way, limit, quantity) : no_slot;
    return placement(wanted - quantity, rests_at);
}

/// Trades up to `quantity` with the oldest at `price`.
std::uint32_t order_book::trade_at(ticks price, std::uint32_t quantity) {
    const slot oldest = levels_[price].first;
    order& other = slots_[oldest];
    const std::uint32_t traded = std::min(other.quantity, quantity);
    other.quantity -= traded;
    resting_ -= traded;
    if (other.quantity == 0) remove(oldest);
    return traded;
}

slot order_book::append(order_id id, side way, ticks price, std::uint32_t quantity) {
    if (free_ == no_slot) return no_slot;
    const slot at = free_;
    order& added = slots_[at];
    free_ = added.next;
    level& line = levels_[price];
    added.id = id;
    added.quantity = quantity;
    added.price = price;
    added.previous = line.last;
    added.next = no_slot;
    (line.last == no_slot ? line.first : slots_[line.last].next) = at;
    line.last = at;
    mark(price, true);
    if (way == side::sell) {
        best_ask_ = std::min(best_ask_, price);
    } else {
        best_bid_ = has_bids() ? std::max(best_bid_, price) : price;
    }
    ++size_;
    resting_ += quantity;
    return at;
}

std::uint32_t order_book::cancel(order_id id, slot at) {
    if (at >= slots_.size() || slots_[at].quantity == 0 || slots_[at].id != id) return 0;
    const std::uint32_t left = slots_[at].quantity;
    resting_ -= left;
    remove(at);
    return left;
}

slot order_book::find(order_id id) const noexcept {
    const auto found = std::find_if(slots_.begin(), slots_.end(), [id](const order& each) {
        return each.quantity > 0 && each.id == id;
    });
    return found == slots_.end() ? no_slot : static_cast<slot>(found - slots_.begin());
}

/// Takes an order out of its line; its quantity was subtracted already.
void order_book::remove(slot at) {
    order& gone = slots_[at];
    level& line = levels_[gone.price];
    (gone.previous == no_slot ? line.first : slots_[gone.previous].next) = gone.next;
    (gone.next == no_slot ? line.last : slots_[gone.next].previous) = gone.previous;
    gone.quantity = 0;
    gone.next = free_;
    free_ = at;
    --size_;
    if (line.first == no_slot) level_emptied(gone.price);
}

void order_book::level_emptied(ticks price) noexcept {
    mark(price, false);
    if (price == best_ask_) {
        best_ask_ = taken_from(price);
    } else if (price == best_bid_) {
        best_bid_ = taken_up_to(price);
    }
}

void order_book::mark(ticks price, bool is_taken) noexcept {
    const std::uint64_t bit = std::uint64_t{1} << (price % word_bits);
    std::uint64_t& word = taken_[price / word_bits];
    word = is_taken ? word | bit : word & ~bit;
}

/// The lowest price from `price` on at which somebody waits; levels() = none.
ticks order_book::taken_from(ticks price) const noexcept {
    std::size_t at = price / word_bits;
    std::uint64_t word = taken_[at] & (~std::uint64_t{0} << (price % word_bits));
    while (word == 0) {
        if (++at == taken_.size()) return levels();
        word = taken_[at];
    }
    return static_cast<ticks>(at) * word_bits + static_cast<ticks>(std::countr_zero(word));
}

/// The highest price up to `price` at which somebody waits; none_below = none.
ticks order_book::taken_up_to(ticks price) const noexcept {
    std::size_t at = price / word_bits;
    std::uint64_t word = taken_[at] & (~std::uint64_t{0} >> (word_bits - 1 - price % word_bits));
    while (word == 0) {
        if (at-- == 0) return none_below;
        word = taken_[at];
    }
    return static_cast<ticks>(at) * word_bits +
           static_cast<ticks>(word_bits - 1 - static_cast<ticks>(std::countl_zero(word)));
}

}  // namespace matching
