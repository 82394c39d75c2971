// SPDX-License-Identifier: Apache-2.0
// resource_set: whatever fails, and whenever it is stopped, what was opened is closed, once.
//
// Every case is run again with a stop at each step; that nothing is left open is checked in those
// runs, too.
#include <weir/flow/resource_set.hpp>

#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(resource_set_test)

namespace {

using namespace std::chrono_literals;
using weir::flow::close_options;
using weir::flow::close_order;
using weir::flow::open_all;
using weir::flow::with_resources;
using weir::test::is_about;

enum class fate { good, fails, throws, never, insists };

/// What happened to the doors of a test.
class building {
public:
    ~building() {
        BOOST_TEST(open == 0);
        BOOST_TEST(dropped == 0);
    }
    int open = 0;
    int dropped = 0;  // without having been closed
    std::string log;
};

class door {
public:
    explicit door(building& of, char name, fate close_fate)
        : of_(&of), name_(name), close_fate_(close_fate) {
        ++of.open;
    }
    door(door&& other) noexcept
        : of_(std::exchange(other.of_, nullptr)),
          name_(other.name_),
          close_fate_(other.close_fate_) {}
    door& operator=(door&& other) noexcept {
        std::swap(of_, other.of_);
        std::swap(name_, other.name_);
        std::swap(close_fate_, other.close_fate_);
        return *this;
    }
    ~door() {
        if (of_ == nullptr) return;
        --of_->open;
        ++of_->dropped;
    }
    [[nodiscard]] char name() const noexcept { return name_; }
    [[nodiscard]] weir::task<weir::result<void>> close() {
        // A stop that reached this would leave the door open.
        const auto slept = co_await weir::sleep_for(close_fate_ == fate::never ? 1h : 1ms);
        if (!slept) co_return weir::fail(slept.error());
        building& of = *std::exchange(of_, nullptr);
        --of.open;
        of.log += name_;
        if (close_fate_ == fate::throws) throw std::runtime_error("close");
        if (close_fate_ == fate::fails) co_return weir::fail(std::errc::io_error);
        co_return weir::result<void>();
    }

private:
    building* of_;
    char name_;
    fate close_fate_;
};

weir::task<weir::result<door>> opened(building& of, char name, fate open_fate,
                                      std::chrono::nanoseconds after = 1ms,
                                      fate close_fate = fate::good) {
    if (open_fate == fate::insists) {
        static_cast<void>(co_await weir::shield(weir::sleep_for(after), 1h));
        co_return door(of, name, close_fate);
    }
    const auto slept = co_await weir::sleep_for(open_fate == fate::never ? 1h : after);
    if (!slept) co_return weir::fail(slept.error());
    if (open_fate == fate::throws) throw std::runtime_error("open");
    if (open_fate == fate::fails) co_return weir::fail(std::errc::connection_refused);
    co_return door(of, name, close_fate);
}
close_options at_once() {
    close_options options;
    options.order = close_order::at_once;
    return options;
}
/// Opens three, of which the one at `place` has a fate of its own; says how that went.
weir::task<std::string> open_three(building& of, std::size_t place, fate its) {
    const auto fate_of = [&](std::size_t i) { return i == place ? its : fate::good; };
    try {
        auto set =
            co_await open_all(close_options(), opened(of, 'a', fate_of(0), 3ms),
                              opened(of, 'b', fate_of(1), 2ms), opened(of, 'c', fate_of(2), 2ms));
        if (!set) co_return set.error().message();
        static_cast<void>(co_await set->close());
        co_return "open";
    } catch (const std::runtime_error& error) {
        co_return error.what();
    }
}
std::string message(std::errc error) { return std::make_error_code(error).message(); }

}  // namespace

CO_TEST(they_open_at_the_same_time_and_close_in_reverse) {
    building house;
    const auto start = weir::reactor::current().now();
    auto set = co_await open_all(close_options(), opened(house, 'a', fate::good, 10ms),
                                 opened(house, 'b', fate::good, 20ms),
                                 opened(house, 'c', fate::good, 10ms));
    CO_CHECK(is_about(weir::reactor::current().now() - start, 20ms));
    CO_REQUIRE(set.has_value());
    CO_CHECK_EQUAL(house.open, 3);
    CO_CHECK_EQUAL(set->at<1>().name(), 'b');
    const auto closed = co_await set->close();
    CO_CHECK(closed.has_value());
    CO_CHECK_EQUAL(house.log, "cba");
}

CO_TEST(they_close_at_once_where_that_is_wanted) {
    building house;
    auto set = co_await open_all(at_once(), opened(house, 'a', fate::good),
                                 opened(house, 'b', fate::good), opened(house, 'c', fate::good));
    CO_REQUIRE(set.has_value());
    const auto start = weir::reactor::current().now();
    const auto closed = co_await set->close();
    CO_CHECK(closed.has_value());
    CO_CHECK(is_about(weir::reactor::current().now() - start, 1ms));
    CO_CHECK_EQUAL(house.log.size(), 3U);
}

CO_TEST(whichever_fails_closes_the_others_and_its_error_comes_out) {
    for (std::size_t place = 0; place < 3; ++place) {
        building house;
        const std::string said = co_await open_three(house, place, fate::fails);
        CO_CHECK_EQUAL(said, message(std::errc::connection_refused));
    }
}

CO_TEST(whichever_throws_closes_the_others_and_its_exception_comes_out) {
    for (std::size_t place = 0; place < 3; ++place) {
        building house;
        const std::string said = co_await open_three(house, place, fate::throws);
        CO_CHECK_EQUAL(said, "open");
    }
}

CO_TEST(whichever_never_opens_is_stopped_with_the_rest) {
    for (std::size_t place = 0; place < 3; ++place) {
        building house;
        const auto said = co_await weir::with_timeout(10ms, open_three(house, place, fate::never));
        CO_CHECK_EQUAL(said.value_or(""), message(std::errc::operation_canceled));
    }
}

CO_TEST(one_that_opens_in_spite_of_the_failure_of_another_is_closed) {
    building house;
    const auto start = weir::reactor::current().now();
    auto set = co_await open_all(close_options(), opened(house, 'a', fate::insists, 50ms),
                                 opened(house, 'b', fate::fails), opened(house, 'c', fate::never));
    CO_CHECK(!set && set.error() == std::errc::connection_refused);
    CO_CHECK(is_about(weir::reactor::current().now() - start, 51ms));
    CO_CHECK_EQUAL(house.log, "a");
}

CO_TEST(all_are_closed_and_all_errors_are_there) {
    building house;
    auto set = co_await open_all(close_options(), opened(house, 'a', fate::good, 1ms, fate::fails),
                                 opened(house, 'b', fate::good),
                                 opened(house, 'c', fate::good, 1ms, fate::fails));
    CO_REQUIRE(set.has_value());
    const auto closed = co_await set->close();
    CO_CHECK(!closed && closed.error() == std::errc::io_error);
    CO_CHECK_EQUAL(set->close_errors().size(), 2U);
    CO_CHECK_EQUAL(house.log, "cba");
    const auto again = co_await set->close();
    CO_CHECK_EQUAL(house.log, "cba");
    static_cast<void>(again);
}

CO_TEST(an_exception_of_closing_comes_out_when_all_are_closed) {
    building house;
    std::string said;
    auto set = co_await open_all(at_once(), opened(house, 'a', fate::good),
                                 opened(house, 'b', fate::good, 1ms, fate::throws),
                                 opened(house, 'c', fate::good));
    CO_REQUIRE(set.has_value());
    try {
        static_cast<void>(co_await set->close());
    } catch (const std::runtime_error& error) {
        said = error.what();
    }
    CO_CHECK_EQUAL(said, "close");
    CO_CHECK_EQUAL(house.log.size(), 3U);
}

CO_TEST(closing_has_a_deadline_and_what_is_left_is_dropped) {
    building house;
    close_options options;
    options.timeout = 100ms;
    auto set = co_await open_all(options, opened(house, 'a', fate::good),
                                 opened(house, 'b', fate::good, 1ms, fate::never));
    CO_REQUIRE(set.has_value());
    const auto start = weir::reactor::current().now();
    auto closed = co_await set->close();
    CO_CHECK(is_about(weir::reactor::current().now() - start, 100ms));
    CO_CHECK(!closed && closed.error() == std::errc::timed_out);
    CO_CHECK_EQUAL(set->close_errors().size(), 2U);
    CO_CHECK_EQUAL(house.dropped, 2);
    house.dropped = 0;
}

CO_TEST(the_body_gets_them_and_they_are_closed_behind_it) {
    building house;
    auto body = [&](door& a, door& b) -> weir::task<weir::result<std::string>> {
        const auto slept = co_await weir::sleep_for(5ms);
        if (!slept) co_return weir::fail(slept.error());
        CO_CHECK_EQUAL(house.open, 2);
        co_return std::string{a.name(), b.name()};
    };
    const auto names = co_await with_resources(
        close_options(), body, opened(house, 'a', fate::good), opened(house, 'b', fate::good));
    CO_CHECK_EQUAL(names.value_or(""), "ab");
    CO_CHECK_EQUAL(house.log, "ba");
}

CO_TEST(the_error_of_the_body_goes_before_that_of_closing) {
    building house;
    auto refuse = [](door&) -> weir::task<weir::result<int>> {
        co_return weir::fail(std::errc::bad_message);
    };
    auto agree = [](door&) -> weir::task<weir::result<int>> { co_return 1; };
    const auto refused = co_await with_resources(close_options(), refuse,
                                                 opened(house, 'a', fate::good, 1ms, fate::fails));
    const auto unclosed = co_await with_resources(close_options(), agree,
                                                  opened(house, 'b', fate::good, 1ms, fate::fails));
    CO_CHECK(!refused && refused.error() == std::errc::bad_message);
    CO_CHECK(!unclosed && unclosed.error() == std::errc::io_error);
}

CO_TEST(the_exception_of_the_body_comes_out_when_all_are_closed) {
    building house;
    std::string said;
    auto body = [](door&) -> weir::task<weir::result<int>> {
        static_cast<void>(co_await weir::sleep_for(1ms));
        throw std::runtime_error("body");
    };
    try {
        static_cast<void>(
            co_await with_resources(close_options(), body, opened(house, 'a', fate::good)));
    } catch (const std::runtime_error& error) {
        said = error.what();
    }
    CO_CHECK_EQUAL(said, "body");
    CO_CHECK_EQUAL(house.log, "a");
}

CO_TEST(what_is_stopped_before_it_begins_opens_nothing) {
    building house;
    (co_await weir::this_task()).ambient().request_stop();
    const auto set = co_await open_all(close_options(), opened(house, 'a', fate::good));
    CO_CHECK(!set && set.error() == std::errc::operation_canceled);
}

BOOST_AUTO_TEST_SUITE_END()
