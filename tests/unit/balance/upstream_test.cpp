// SPDX-License-Identifier: Apache-2.0
// upstream: what the ends of calls tell the targets, and what it says when none is left.
#include <weir/balance/upstream.hpp>

#include "allocation_count.hpp"
#include "co_test.hpp"
#include "targets.hpp"

#include <weir/balance/hash_ring.hpp>
#include <weir/balance/least_loaded.hpp>
#include <weir/balance/peak_ewma.hpp>
#include <weir/balance/rendezvous.hpp>
#include <weir/balance/round_robin.hpp>
#include <weir/balance/smooth_weighted.hpp>
#include <weir/balance/source_affinity.hpp>
#include <weir/coro/ok.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(upstream_test)

namespace {

using namespace std::chrono_literals;
using weir::refusal;
using weir::balance::balancer;
using weir::balance::round_robin;
using weir::balance::upstream;

static_assert(balancer<round_robin> && balancer<weir::balance::smooth_weighted> &&
              balancer<weir::balance::least_loaded> && balancer<weir::balance::peak_ewma>);
static_assert(balancer<weir::balance::hash_ring, std::uint64_t> &&
              balancer<weir::balance::rendezvous, std::uint64_t> &&
              balancer<weir::balance::source_affinity, std::uint64_t>);

weir::task<weir::result<std::size_t>> work(std::size_t target, std::size_t broken) {
    co_await weir::ok(weir::sleep_for(10ms));
    if (target == broken) co_return weir::fail(std::errc::connection_refused);
    co_return target;
}

}  // namespace

CO_TEST(a_target_that_fails_is_not_chosen_until_its_time_is_over) {
    upstream<round_robin> up(weir::test::equal(3));
    const auto call = [](std::size_t target) { return work(target, 1); };
    std::string answered;
    for (int i = 0; i < 9; ++i) {
        const auto got = co_await up.call(call);
        answered += got ? std::to_string(*got) : std::string("x");
    }
    CO_CHECK_EQUAL(answered, "0x2020202");
    static_cast<void>(co_await weir::sleep_for(10s));
    const auto good = [](std::size_t target) { return work(target, 9); };
    answered.clear();
    for (int i = 0; i < 3; ++i) {
        const auto got = co_await up.call(good);
        answered += got ? std::to_string(*got) : std::string("x");
    }
    CO_CHECK_EQUAL(answered, "012");
    CO_CHECK_EQUAL(up.targets().in_flight(), 0U);
}

CO_TEST(when_all_are_down_it_is_refused_and_told_until_when) {
    upstream<round_robin> up(weir::test::equal(1));
    const auto call = [](std::size_t target) { return work(target, 0); };
    static_cast<void>(co_await up.call(call));
    const auto refused = co_await up.call(call);
    CO_REQUIRE(!refused.has_value());
    CO_CHECK(refused.error() == refusal::no_target);
    CO_CHECK(up.retry_after() == 10s);
}

CO_TEST(a_call_that_was_stopped_or_threw_is_under_way_no_more_and_no_failure) {
    upstream<round_robin> up(weir::test::equal(1));
    const auto slow = [](std::size_t target) { return work(target, 0); };
    static_cast<void>(co_await weir::with_timeout(5ms, up.call(slow)));
    const auto broken = [](std::size_t) -> weir::task<weir::result<int>> {
        throw std::logic_error("broken");
        co_return 1;
    };
    try {
        static_cast<void>(co_await up.call(broken));
    } catch (const std::logic_error&) {
    }
    CO_CHECK_EQUAL(up.targets().in_flight(), 0U);
    CO_CHECK(up.targets()[0].is_usable(weir::reactor::current().now()));
}

CO_TEST(an_error_that_is_none_of_the_target_is_an_answer) {
    upstream<round_robin> up(weir::test::equal(1));
    up.set_is_failure([](std::error_code error) { return error == std::errc::timed_out; });
    const auto call = [](std::size_t target) { return work(target, 0); };
    for (int i = 0; i < 3; ++i) {
        const auto answer = co_await up.call(call);
        CO_CHECK(!answer && answer.error() == std::errc::connection_refused);
    }
    CO_CHECK(up.targets()[0].latency().is_known());
}

CO_TEST(a_key_is_given_with_each_call_to_those_that_choose_by_it) {
    upstream<weir::balance::hash_ring> up(weir::test::equal(5));
    const auto call = [](std::size_t target) { return work(target, 9); };
    const auto key = weir::balance::key_hash("alice");
    const auto first = co_await up.call(call, key);
    const auto again = co_await up.call(call, key);
    CO_REQUIRE(first.has_value() && again.has_value());
    CO_CHECK_EQUAL(*first, *again);
}

CO_TEST(picking_allocates_nothing) {
    upstream<weir::balance::least_loaded> up(weir::test::equal(5), 1U);
    const weir::test::allocation_count allocated;
    for (int i = 0; i < 100; ++i) {
        auto picked = up.pick();
        if (picked) picked->succeeded(weir::reactor::current().now());
    }
    CO_CHECK_EQUAL(allocated.value(), 0U);
    co_return;
}

BOOST_AUTO_TEST_SUITE_END()
