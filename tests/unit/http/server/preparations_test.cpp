// SPDX-License-Identifier: Apache-2.0
// preparations: those who take long keep nobody out, and those who are quick never notice.
#include "http/server/preparations.hpp"

#include "co_test.hpp"
#include "is_about.hpp"
#include "streams.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>

#include <algorithm>
#include <tuple>

using weir::http::detail::preparations;
using weir::test::error_of;
using weir::test::is_about;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(preparations_test)

namespace {

weir::task<weir::result<void>> lasting(std::chrono::nanoseconds time) {
    co_return co_await weir::sleep_for(time);
}

class outcome {
public:
    outcome() = default;
    std::error_code error;
    std::chrono::nanoseconds took{};
};

weir::task<outcome> prepared_in(preparations& line, std::chrono::nanoseconds time) {
    const auto begun = weir::test::now();
    auto running = line.run(lasting(time));
    const auto ended = co_await std::move(running);
    outcome made;
    made.error = error_of(ended);
    made.took = weir::test::now() - begun;
    co_return made;
}

}  // namespace

CO_TEST(no_more_than_allowed_are_under_way_at_once) {
    preparations line(2);
    auto all = weir::when_all(prepared_in(line, 100ms), prepared_in(line, 100ms),
                              prepared_in(line, 100ms), prepared_in(line, 100ms));
    const auto [one, two, three, four] = co_await all;
    CO_CHECK(!one.error && !two.error && !three.error && !four.error);
    CO_CHECK(is_about(two.took, 100ms));
    CO_CHECK(is_about(three.took, 200ms));
    CO_CHECK(is_about(four.took, 200ms));
}

CO_TEST(who_takes_long_is_ended_when_others_wait) {
    preparations line(2);
    auto all = weir::when_all(prepared_in(line, 1h), prepared_in(line, 1h), prepared_in(line, 10ms),
                              prepared_in(line, 10ms));
    const auto [one, two, three, four] = co_await all;
    CO_CHECK(one.error == std::errc::timed_out);
    CO_CHECK(two.error == std::errc::timed_out);
    CO_CHECK(is_about(one.took, 1s));
    CO_CHECK(!three.error && !four.error);
    CO_CHECK(is_about(three.took, 1010ms));
    CO_CHECK(is_about(four.took, 1010ms));
}

CO_TEST(who_takes_long_has_all_the_time_while_nobody_waits) {
    preparations line(2);
    auto both = weir::when_all(prepared_in(line, 9s), prepared_in(line, 10ms));
    const auto [slow, quick] = co_await both;
    CO_CHECK(!slow.error && !quick.error);
    CO_CHECK(is_about(slow.took, 9s));
}

CO_TEST(only_as_many_are_ended_as_wait) {
    preparations line(3);
    auto all = weir::when_all(prepared_in(line, 5s), prepared_in(line, 5s), prepared_in(line, 5s),
                              prepared_in(line, 10ms));
    const auto [one, two, three, four] = co_await all;
    CO_CHECK(one.error == std::errc::timed_out);
    CO_CHECK(!two.error && !three.error && !four.error);
}

CO_TEST(the_longest_is_ended_on_demand_but_has_its_time_first) {
    preparations line(2);
    bool too_early = true;
    bool in_time = false;
    auto demand = [&]() -> weir::task<> {
        static_cast<void>(co_await weir::sleep_for(500ms));
        too_early = line.end_longest();
        static_cast<void>(co_await weir::sleep_for(600ms));
        in_time = line.end_longest();
    };
    auto both = weir::when_all(prepared_in(line, 1h), demand());
    const auto outcomes = co_await both;
    CO_CHECK(!too_early);
    CO_CHECK(in_time);
    CO_CHECK(std::get<0>(outcomes).error == std::errc::timed_out);
}

BOOST_AUTO_TEST_SUITE_END()
