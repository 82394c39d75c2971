// SPDX-License-Identifier: Apache-2.0
// What wraps an operation owns it: it may be kept in a variable, handed on and awaited later.
#include "co_test.hpp"

#include <weir/coro/stop.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/coro/when_any.hpp>
#include <weir/coro/with_value.hpp>
#include <weir/io/offload.hpp>
#include <weir/io/op/connect.hpp>
#include <weir/io/op/file_status.hpp>
#include <weir/io/op/poll.hpp>
#include <weir/io/op/read.hpp>
#include <weir/io/op/write.hpp>
#include <weir/io/shard.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/io/within.hpp>
#include <weir/net/tcp_acceptor.hpp>
#include <weir/net/tcp_socket.hpp>
#include <weir/net/udp_socket.hpp>
#include <weir/sync/channel.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/mutex.hpp>
#include <weir/sync/semaphore.hpp>
#include <weir/sync/task_group.hpp>
#include <weir/trace/span.hpp>

#include <chrono>
#include <type_traits>
#include <utility>

BOOST_AUTO_TEST_SUITE(kept_awaitable_test)

namespace {

using namespace std::chrono_literals;

template <class... Awaitables>
inline constexpr bool may_be_kept = (std::is_move_constructible_v<Awaitables> && ...);

using work = weir::task<>;
using sleep = weir::sleep_awaiter;
using socket = weir::net::tcp_socket&;
using datagrams = weir::net::udp_socket&;
using numbers = weir::channel<int>&;

static_assert(
    may_be_kept<decltype(weir::when_all(std::declval<work>(), std::declval<sleep>())),
                decltype(weir::when_any(std::declval<work>(), std::declval<sleep>())),
                decltype(weir::with_timeout(1s, std::declval<sleep>())),
                decltype(weir::with_stop(std::declval<weir::stop_source&>(), std::declval<work>())),
                decltype(weir::shield(std::declval<sleep>(), 1s)),
                decltype(weir::within(1s, std::declval<work>())),
                decltype(weir::phase("", std::declval<work>())),
                decltype(weir::with_value(std::declval<const int&>(), std::declval<work>())),
                decltype(weir::trace::span("", std::declval<work>()))>);
static_assert(may_be_kept<sleep, weir::op::read, weir::op::write, weir::op::poll, weir::op::connect,
                          weir::op::file_status>);
static_assert(
    may_be_kept<
        decltype(std::declval<socket>().receive()), decltype(std::declval<socket>().read_some({})),
        decltype(std::declval<socket>().send_copy({})), decltype(std::declval<socket>().close()),
        decltype(std::declval<weir::net::tcp_acceptor&>().accept()),
        decltype(std::declval<datagrams>().receive()),
        decltype(std::declval<datagrams>().send({}))>);
static_assert(
    may_be_kept<
        decltype(std::declval<numbers>().send(1)), decltype(std::declval<numbers>().receive()),
        decltype(std::declval<numbers>().receive_many(2)),
        decltype(std::declval<weir::event&>().wait()),
        decltype(std::declval<weir::mutex&>().lock()),
        decltype(std::declval<weir::semaphore&>().acquire()),
        decltype(std::declval<weir::task_group&>().join()),
        decltype(std::declval<weir::task_group&>().spawn(std::declval<weir::task<> (*)()>()))>);
static_assert(may_be_kept<decltype(weir::offload([] { return 1; })),
                          decltype(std::declval<weir::shard&>().run([] { return 1; }))>);

}  // namespace

CO_TEST(a_timeout_owns_the_operation_under_it) {
    auto kept = weir::with_timeout(1h, weir::sleep_for(1s));
    auto handed_on = std::move(kept);
    const auto slept = co_await handed_on;
    CO_CHECK(slept.has_value());
}

CO_TEST(an_operation_that_is_handed_on_keeps_what_it_has) {
    weir::channel<int> numbers(1);
    auto sending = weir::with_timeout(1h, numbers.send(7));
    const auto sent = co_await sending;
    CO_REQUIRE(sent.has_value());
    auto receiving = weir::shield(numbers.receive(), 1h);
    const auto received = co_await receiving;
    CO_REQUIRE(received.has_value());
    CO_CHECK_EQUAL(*received, 7);
}

CO_TEST(constructs_own_those_inside_of_them) {
    weir::stop_source stop;
    weir::event never;
    auto stopper = [](weir::stop_source* source) -> weir::task<> {
        static_cast<void>(co_await weir::sleep_for(1s));
        source->request_stop();
    };
    auto all =
        weir::when_all(weir::with_stop(stop, weir::with_timeout(1h, never.wait())), stopper(&stop),
                       weir::when_any(weir::sleep_for(2s), weir::phase("waiting", never.wait())));
    auto handed_on = std::move(all);
    const auto outcome = co_await handed_on;
    CO_CHECK((std::get<0>(outcome).error() == std::errc::operation_canceled));
    CO_CHECK_EQUAL(std::get<2>(outcome).winner(), 0U);
}

CO_TEST(a_budget_may_be_kept) {
    weir::event never;
    auto kept = weir::within(1s, weir::phase("waiting", never.wait()));
    auto handed_on = std::move(kept);
    const auto outcome = co_await handed_on;
    CO_REQUIRE(!outcome.has_value());
    CO_CHECK((outcome.error().code() == std::errc::timed_out));
    CO_CHECK_EQUAL(outcome.error().phase(), "waiting");
}

CO_TEST(a_named_operation_is_referred_to) {
    weir::event event;
    event.set();
    auto wait = event.wait();
    auto kept = weir::with_timeout(1h, wait);
    const auto waited = co_await kept;
    CO_CHECK(waited.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
