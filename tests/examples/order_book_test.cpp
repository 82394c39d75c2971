// SPDX-License-Identifier: Apache-2.0
// order_book beside a book that is slow and plainly right.
#include "order_book.hpp"

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

BOOST_AUTO_TEST_SUITE(order_book_test)

namespace {

using namespace matching;

constexpr ticks levels = 130;  // more than two words of bits
constexpr std::size_t room = 50;

/// One list, looked through for every trade.
class plain_book {
public:
    class order {
    public:
        explicit order(order_id id_, side way_, ticks price_, std::uint32_t quantity_, slot at_)
            : id(id_), way(way_), price(price_), quantity(quantity_), at(at_) {}
        order_id id;
        side way;
        ticks price;
        std::uint32_t quantity;
        slot at;  // in the other book
    };

    std::uint32_t fill(side way, ticks limit, std::uint32_t quantity) {
        std::uint32_t filled = 0;
        while (filled < quantity) {
            const auto best = best_against(way);
            const bool trades = best != orders.end() &&
                                (way == side::buy ? best->price <= limit : best->price >= limit);
            if (!trades) break;
            const std::uint32_t traded = std::min(best->quantity, quantity - filled);
            filled += traded;
            best->quantity -= traded;
            if (best->quantity == 0) orders.erase(best);
        }
        return filled;
    }
    /// The best price that waits against `way`, or `none`.
    ticks price_against(side way, ticks none) {
        const auto best = best_against(way);
        return best == orders.end() ? none : best->price;
    }

    std::vector<order> orders;  // the oldest first

private:
    std::vector<order>::iterator best_against(side way) {
        auto best = orders.end();
        for (auto each = orders.begin(); each != orders.end(); ++each) {
            if (each->way == way) continue;
            const bool is_better =
                best == orders.end() ||
                (way == side::buy ? each->price < best->price : each->price > best->price);
            if (is_better) best = each;
        }
        return best;
    }
};

/// Both books, side by side.
class both_books {
public:
    void place(order_id id, side way, ticks limit, std::uint32_t quantity) {
        const std::uint32_t filled = plain_.fill(way, limit, quantity);
        const bool rests = filled < quantity && plain_.orders.size() < room;
        const placement placed = book_.place(id, way, limit, quantity);
        BOOST_REQUIRE_EQUAL(placed.filled, filled);
        BOOST_REQUIRE_EQUAL(placed.rests_at != no_slot, rests);
        if (rests) plain_.orders.emplace_back(id, way, limit, quantity - filled, placed.rests_at);
    }
    void cancel(std::size_t index) {
        const plain_book::order gone = plain_.orders[index];
        BOOST_REQUIRE_EQUAL(book_.find(gone.id), gone.at);
        BOOST_REQUIRE_EQUAL(book_.cancel(gone.id, gone.at), gone.quantity);
        BOOST_REQUIRE_EQUAL(book_.cancel(gone.id, gone.at), 0U);
        plain_.orders.erase(plain_.orders.begin() + static_cast<std::ptrdiff_t>(index));
    }
    void compare() {
        std::uint64_t resting = 0;
        for (const auto& each : plain_.orders) resting += each.quantity;
        BOOST_REQUIRE(book_.is_uncrossed());
        BOOST_REQUIRE_EQUAL(book_.size(), plain_.orders.size());
        BOOST_REQUIRE_EQUAL(book_.resting(), resting);
        BOOST_REQUIRE_EQUAL(book_.best_ask(), plain_.price_against(side::buy, levels));
        const ticks bid = plain_.price_against(side::sell, levels);
        BOOST_REQUIRE_EQUAL(book_.has_bids(), bid != levels);
        if (bid != levels) BOOST_REQUIRE_EQUAL(book_.best_bid(), bid);
    }
    [[nodiscard]] std::size_t size() const { return plain_.orders.size(); }

private:
    plain_book plain_;
    order_book book_{levels, room};
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_best_price_trades_first_and_at_one_price_the_oldest) {
    order_book book(levels, room);
    const auto dear = book.place(1, side::sell, 60, 10);
    const auto first = book.place(2, side::sell, 50, 10);
    const auto second = book.place(3, side::sell, 50, 10);
    const auto bought = book.place(4, side::buy, 55, 15);
    BOOST_CHECK_EQUAL(bought.filled, 15U);
    BOOST_CHECK_EQUAL(bought.rests_at, no_slot);
    BOOST_CHECK_EQUAL(book.cancel(2, first.rests_at), 0U);
    BOOST_CHECK_EQUAL(book.cancel(3, second.rests_at), 5U);
    BOOST_CHECK_EQUAL(book.cancel(1, dear.rests_at), 10U);
}

BOOST_AUTO_TEST_CASE(what_is_left_of_an_order_waits_at_its_limit) {
    order_book book(levels, room);
    static_cast<void>(book.place(1, side::sell, 50, 10));
    const auto bought = book.place(2, side::buy, 50, 25);
    BOOST_CHECK_EQUAL(bought.filled, 10U);
    BOOST_CHECK_EQUAL(book.best_bid(), 50U);
    BOOST_CHECK_EQUAL(book.best_ask(), levels);
    BOOST_CHECK_EQUAL(book.resting(), 15U);
}

BOOST_AUTO_TEST_CASE(a_place_that_another_order_has_now_cancels_nothing) {
    order_book book(levels, room);
    const auto first = book.place(1, side::buy, 10, 1);
    BOOST_CHECK_EQUAL(book.cancel(1, first.rests_at), 1U);
    const auto second = book.place(2, side::buy, 10, 1);
    BOOST_REQUIRE_EQUAL(second.rests_at, first.rests_at);
    BOOST_CHECK_EQUAL(book.cancel(1, first.rests_at), 0U);
    BOOST_CHECK_EQUAL(book.cancel(2, no_slot), 0U);
    BOOST_CHECK_EQUAL(book.resting(), 1U);
}

BOOST_AUTO_TEST_CASE(a_full_book_still_trades_but_keeps_nothing) {
    order_book book(levels, 1);
    static_cast<void>(book.place(1, side::sell, 50, 10));
    const auto refused = book.place(2, side::sell, 51, 10);
    BOOST_CHECK_EQUAL(refused.rests_at, no_slot);
    const auto bought = book.place(3, side::buy, 60, 4);
    BOOST_CHECK_EQUAL(bought.filled, 4U);
    BOOST_CHECK_EQUAL(book.resting(), 6U);
}

BOOST_AUTO_TEST_CASE(random_orders_trade_as_in_a_book_that_is_plainly_right) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            weir::random chance(seed);
            both_books books;
            for (order_id id = 1; id <= 2000; ++id) {
                if (books.size() > 0 && chance.below(3) == 0)
                    books.cancel(chance.below(books.size()));
                books.place(id, chance.below(2) == 0 ? side::buy : side::sell,
                            static_cast<ticks>(chance.below(levels)),
                            1 + static_cast<std::uint32_t>(chance.below(20)));
                books.compare();
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
