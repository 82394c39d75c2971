// SPDX-License-Identifier: Apache-2.0
#include "matcher.hpp"

#include <algorithm>
#include <numeric>

namespace matching {

matcher::matcher(std::size_t symbols, ticks price_levels, std::size_t max_orders,
                 std::size_t max_remembered)
    : whereabouts_(max_remembered) {
    for (std::size_t i = 0; i < symbols; ++i) books_.emplace_back(price_levels, max_orders);
    // It grows with what it holds: once full, it never does again. One more lets the first leave.
    for (order_id id = 0; id <= max_remembered; ++id) whereabouts_.put(id, no_slot);
    whereabouts_.clear();
}

void matcher::place(const request& wanted) {
    const placement done =
        books_[wanted.symbol].place(wanted.id, wanted.way, wanted.limit, wanted.quantity);
    const std::uint32_t left = wanted.quantity - done.filled;
    totals_.came += wanted.quantity;
    totals_.traded += done.filled;
    if (done.rests_at == no_slot) totals_.refused += left;
    whereabouts_.put(wanted.id, done.rests_at);
}

void matcher::cancel(const request& wanted) {
    order_book& book = books_[wanted.symbol];
    const auto* known = whereabouts_.find(wanted.id);
    ++(known != nullptr ? fast_cancels_ : slow_cancels_);
    const slot at = known != nullptr ? known->value : book.find(wanted.id);
    totals_.cancelled += book.cancel(wanted.id, at);
}

std::uint64_t matcher::resting() const noexcept {
    return std::accumulate(
        books_.begin(), books_.end(), std::uint64_t{0},
        [](std::uint64_t sum, const order_book& book) { return sum + book.resting(); });
}

bool matcher::is_uncrossed() const noexcept {
    return std::all_of(books_.begin(), books_.end(),
                       [](const order_book& book) { return book.is_uncrossed(); });
}

}  // namespace matching
