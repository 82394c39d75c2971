// SPDX-License-Identifier: Apache-2.0
// map_concurrently: results in the order of the values, whatever the order in which they came.
#include <weir/sync/map_concurrently.hpp>

#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(map_concurrently_test)

namespace {

using namespace std::chrono_literals;
using weir::test::is_about;

weir::task<weir::result<std::string>> name_after(int seconds) {
    co_await weir::ok(weir::sleep_for(std::chrono::seconds(seconds)));
    if (seconds == 13) co_return weir::fail(std::errc::bad_message);
    co_return "number " + std::to_string(seconds);
}
weir::task<weir::result<std::unique_ptr<int>>> box(int value) {
    co_return std::make_unique<int>(value);
}

}  // namespace

CO_TEST(results_come_in_the_order_of_the_values) {
    const auto begin = weir::reactor::current().now();
    const std::vector<int> values{5, 1, 4, 2, 3};
    const auto names = co_await weir::map_concurrently(values, 5, &name_after);
    CO_REQUIRE(names.has_value());
    const std::vector<std::string> expected{"number 5", "number 1", "number 4", "number 2",
                                            "number 3"};
    CO_CHECK(*names == expected);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 5s));
}

CO_TEST(the_limit_holds) {
    const auto begin = weir::reactor::current().now();
    const auto names = co_await weir::map_concurrently(std::vector<int>(6, 1), 2, &name_after);
    CO_REQUIRE(names.has_value());
    CO_CHECK_EQUAL(names->size(), 6U);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 3s));
}

CO_TEST(results_that_only_move_are_fine) {
    const std::vector<int> values{1, 2};
    const auto boxes = co_await weir::map_concurrently(values, 1, &box);
    CO_REQUIRE(boxes.has_value());
    CO_REQUIRE(boxes->size() == 2U);
    CO_CHECK_EQUAL(*(*boxes)[1], 2);
}

CO_TEST(the_first_error_is_the_outcome) {
    const std::vector<int> values{1, 13, 3600};
    const auto begin = weir::reactor::current().now();
    const auto names = co_await weir::map_concurrently(values, 3, &name_after);
    CO_REQUIRE(!names.has_value());
    CO_CHECK(names.error() == std::errc::bad_message);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 13s));
}

CO_TEST(a_stop_gives_no_half_result) {
    const std::vector<int> values{1, 3600};
    const auto names =
        co_await weir::with_timeout(10s, weir::map_concurrently(values, 2, &name_after));
    CO_REQUIRE(!names.has_value());
    CO_CHECK(names.error() == std::errc::timed_out);
}

BOOST_AUTO_TEST_SUITE_END()
