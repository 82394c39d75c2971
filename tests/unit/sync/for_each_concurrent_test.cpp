// SPDX-License-Identifier: Apache-2.0
// for_each_concurrent: how many run at once, and what ends all of them.
#include <weir/sync/for_each_concurrent.hpp>

#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <stdexcept>
#include <vector>

BOOST_AUTO_TEST_SUITE(for_each_concurrent_test)

namespace {

using namespace std::chrono_literals;
using weir::test::is_about;

class workshop {
public:
    weir::task<weir::result<void>> work(int value) {
        most = std::max(most, ++now);
        const auto slept = co_await weir::sleep_for(std::chrono::seconds(value));
        --now;
        if (!slept) co_return weir::fail(slept.error());
        if (value == failing) co_return weir::fail(std::errc::no_link);
        if (value == throwing) throw std::runtime_error("broken");
        done.push_back(value);
        co_return weir::result<void>();
    }
    auto worker() {
        return [this](int value) { return work(value); };
    }

    int now = 0;
    int most = 0;
    int failing = 0;
    int throwing = 0;
    std::vector<int> done;
};

weir::stream<int> numbers_then_error(int last) {
    for (int i = 1; i <= last; ++i) co_yield i;
    weir::ok(weir::result<void>(weir::fail(std::errc::bad_message)));
}
std::vector<int> up_to(int last) {
    std::vector<int> all(static_cast<std::size_t>(last));
    std::iota(all.begin(), all.end(), 1);
    return all;
}

}  // namespace

CO_TEST(every_value_is_handled_and_no_more_than_so_many_at_once) {
    workshop shop;
    const auto ended = co_await weir::for_each_concurrent(up_to(20), 3, shop.worker());
    CO_REQUIRE(ended.has_value());
    CO_CHECK_EQUAL(shop.most, 3);
    CO_CHECK_EQUAL(shop.done.size(), 20U);
}

CO_TEST(a_slow_value_holds_up_its_own_place_only) {
    workshop shop;
    const auto begin = weir::reactor::current().now();
    const std::vector<int> one_slow{100, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const auto ended = co_await weir::for_each_concurrent(one_slow, 2, shop.worker());
    CO_REQUIRE(ended.has_value());
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 100s));
    CO_CHECK_EQUAL(shop.done.back(), 100);
}

CO_TEST(a_source_is_asked_only_when_a_place_is_free) {
    int made = 0;
    const auto source = [](int& count) -> weir::stream<int> {
        for (;;) {
            ++count;
            co_yield 3600;
        }
    };
    workshop shop;
    const auto ended =
        co_await weir::with_timeout(1s, weir::for_each_concurrent(source(made), 4, shop.worker()));
    CO_CHECK(!ended.has_value());
    CO_CHECK(made <= 5);
    CO_CHECK_EQUAL(shop.now, 0);
}

CO_TEST(the_first_error_stops_the_others) {
    workshop shop;
    shop.failing = 2;
    const auto ended = co_await weir::for_each_concurrent(up_to(10), 5, shop.worker());
    CO_REQUIRE(!ended.has_value());
    CO_CHECK(ended.error() == std::errc::no_link);
    CO_CHECK_EQUAL(shop.done.size(), 1U);
    CO_CHECK_EQUAL(shop.now, 0);
}

CO_TEST(an_exception_comes_out_after_all_have_ended) {
    workshop shop;
    shop.throwing = 2;
    bool caught = false;
    try {
        static_cast<void>(co_await weir::for_each_concurrent(up_to(10), 5, shop.worker()));
    } catch (const std::runtime_error&) {
        caught = true;
    }
    CO_CHECK(caught);
    CO_CHECK_EQUAL(shop.now, 0);
}

CO_TEST(an_error_of_the_source_stops_what_was_begun) {
    workshop shop;
    const auto ended = co_await weir::for_each_concurrent(numbers_then_error(2), 5, shop.worker());
    CO_REQUIRE(!ended.has_value());
    CO_CHECK(ended.error() == std::errc::bad_message);
    CO_CHECK(shop.done.empty());
    CO_CHECK_EQUAL(shop.now, 0);
}

CO_TEST(a_stop_ends_all_and_is_told) {
    workshop shop;
    const auto ended =
        co_await weir::with_timeout(10s, weir::for_each_concurrent(up_to(100), 2, shop.worker()));
    CO_REQUIRE(!ended.has_value());
    CO_CHECK(ended.error() == std::errc::timed_out);
    CO_CHECK_EQUAL(shop.now, 0);
    CO_CHECK(!shop.done.empty());
}

CO_TEST(nothing_to_do_is_done_at_once) {
    workshop shop;
    const auto ended = co_await weir::for_each_concurrent(std::vector<int>(), 1, shop.worker());
    CO_CHECK(ended.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
