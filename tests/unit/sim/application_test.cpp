// SPDX-License-Identifier: Apache-2.0
#include "two_hosts.hpp"

#include <stdexcept>
#include <vector>

BOOST_AUTO_TEST_SUITE(application_test)

namespace {

using namespace weir::sim::test;
using weir::sim::host;
using weir::sim::host_options;
using weir::sim::world;

host_options shards(unsigned count) {
    host_options options;
    options.shards = count;
    return options;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_shard_runs_main_and_knows_the_others) {
    world all(1);
    host& place = all.add_host("place");
    std::vector<unsigned> started(3, 0);
    place.start(
        [&](weir::shard& here) -> weir::task<> {
            ++started.at(here.index());
            BOOST_TEST(here.count() == 3U);
            BOOST_TEST(&here.sibling(here.index()) == &here);
            BOOST_TEST(&weir::this_shard() == &here);
            static_cast<void>(co_await weir::sleep_for(1s));
            BOOST_TEST(&weir::this_shard() == &here);
        },
        shards(3));
    BOOST_TEST(all.run_to_end(1min));
    BOOST_TEST((started == std::vector<unsigned>{1, 1, 1}));
    BOOST_TEST(weir::shard::current_or_null() == nullptr);
}

BOOST_AUTO_TEST_CASE(an_application_runs_until_its_last_main_has_ended) {
    world all(1);
    host& place = all.add_host("place");
    place.start(
        [](weir::shard& here) -> weir::task<> {
            static_cast<void>(co_await weir::sleep_for(here.index() * 1h));
        },
        shards(3));
    all.run_for(90min);
    BOOST_TEST(place.is_running());
    BOOST_TEST(all.run_to_end(1h));
    BOOST_TEST((all.elapsed() >= 2h && all.elapsed() < 121min));
}

BOOST_AUTO_TEST_CASE(the_first_error_stops_the_others_and_is_the_outcome) {
    world all(1);
    host& place = all.add_host("place");
    int stopped = 0;
    place.start(
        [&](weir::shard& here) -> weir::task<weir::result<void>> {
            if (here.index() == 1) {
                co_await weir::ok(weir::sleep_for(1s));
                co_return weir::fail(std::errc::no_link);
            }
            const auto slept = co_await weir::sleep_for(1000h);
            if (!slept) ++stopped;
            co_return weir::fail(std::errc::bad_message);  // later: it does not count
        },
        shards(3));
    BOOST_TEST(all.run_to_end(1min));
    BOOST_TEST(stopped == 2);
    BOOST_REQUIRE(place.outcome().has_value());
    BOOST_TEST((error_of(*place.outcome()) == std::errc::no_link));
}

BOOST_AUTO_TEST_CASE(an_exception_of_one_shard_stops_the_others) {
    world all(1);
    host& place = all.add_host("place");
    int stopped = 0;
    place.start(
        [&](weir::shard& here) -> weir::task<> {
            const auto slept = co_await weir::sleep_for(here.index() == 0 ? 1000h : 1h);
            if (here.index() == 1) throw std::out_of_range("too far");
            if (!slept) ++stopped;
        },
        shards(2));
    BOOST_CHECK_THROW(all.run_to_end(2h), std::out_of_range);
    BOOST_TEST(stopped == 1);
    BOOST_TEST(!place.is_running());
}

BOOST_AUTO_TEST_CASE(what_ends_because_of_a_stop_is_no_error) {
    world all(1);
    host& place = all.add_host("place");
    const auto main = [](weir::shard&) -> weir::task<weir::result<void>> {
        co_await weir::ok(weir::sleep_for(1000h));
        co_return weir::result<void>();
    };
    place.start(main, shards(2));
    all.run_for(1s);
    place.request_stop();
    place.request_stop();
    BOOST_TEST(all.run_to_end(1min));
    BOOST_REQUIRE(place.outcome().has_value());
    BOOST_TEST(place.outcome()->has_value());
}

BOOST_AUTO_TEST_CASE(a_main_that_ends_as_if_stopped_by_itself_has_failed) {
    world all(1);
    host& place = all.add_host("place");
    place.start([](weir::shard&) -> weir::task<weir::result<void>> {
        co_return weir::fail(std::errc::operation_canceled);
    });
    BOOST_TEST(all.run_to_end(1min));
    BOOST_REQUIRE(place.outcome().has_value());
    BOOST_TEST((error_of(*place.outcome()) == std::errc::operation_canceled));
}

BOOST_AUTO_TEST_CASE(a_list_of_who_waits_names_host_and_shard) {
    world all(1);
    host& place = all.add_host("place");
    place.start([](weir::shard&) { return sleep_long(); }, shards(2));
    all.run_for(1s);
    const std::string text = place.waiters();
    BOOST_TEST(text.find("place, shard 0") != std::string::npos, text);
    BOOST_TEST(text.find("place, shard 1") != std::string::npos, text);
    BOOST_TEST(text.find("timer") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(shards_take_turns_in_an_order_that_the_seed_chooses) {
    const auto order = [](std::uint64_t seed) {
        world all(seed);
        host& place = all.add_host("place");
        std::string text;
        place.start(
            [&](weir::shard& here) -> weir::task<> {
                for (int i = 0; i < 10; ++i) {
                    text += std::to_string(here.index());
                    static_cast<void>(co_await weir::sleep_for(0s));
                }
            },
            shards(3));
        BOOST_TEST(all.run_to_end(1min));
        return text;
    };
    BOOST_TEST(order(1) == order(1));
    BOOST_TEST(order(1) != order(2));
}

BOOST_AUTO_TEST_SUITE_END()
