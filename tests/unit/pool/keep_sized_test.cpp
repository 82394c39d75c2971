// SPDX-License-Identifier: Apache-2.0
// keep_sized: a pool that grows under load and shrinks after it.
#include <weir/pool/keep_sized.hpp>

#include "co_test.hpp"
#include "gadgets.hpp"

#include <weir/sync/task_group.hpp>

#include <chrono>
#include <cstddef>
#include <functional>

BOOST_AUTO_TEST_SUITE(keep_sized_test)

namespace {

using namespace std::chrono_literals;
using weir::task;
using weir::test::gadget;
using weir::test::gadget_pool;
using weir::test::plain_factory;
using weir::test::workshop;

/// One that borrows for 100 ms, again and again, as often as it is told.
task<> borrower(gadget_pool& from, int times) {
    for (int i = 0; i < times; ++i) static_cast<void>(co_await weir::test::use(from, 100ms));
}
task<> crowd(gadget_pool& from, std::size_t borrowers, int times) {
    weir::task_group group(co_await weir::this_task(), borrowers);
    for (std::size_t i = 0; i < borrowers; ++i) {
        if (!group.try_spawn(&borrower, std::ref(from), times)) break;
    }
    static_cast<void>(co_await group.join());
}

}  // namespace

CO_TEST(a_pool_grows_while_it_is_crowded_and_shrinks_when_it_is_calm) {
    workshop at;
    gadget_pool gadgets(co_await weir::this_task(), plain_factory(at), weir::pool_options(0, 50));
    weir::task_group keeper(co_await weir::this_task(), 1);
    weir::pool_sizing sizing(2, 6);
    sizing.cooldown = 1s;
    sizing.calm_for = 5s;
    CO_CHECK(keeper.try_spawn(&weir::keep_sized<gadget>, std::ref(gadgets), std::size_t{0}, sizing,
                              std::chrono::nanoseconds(1s)));
    co_await crowd(gadgets, 8, 2);
    CO_CHECK_EQUAL(at.most_alive, 2);
    co_await crowd(gadgets, 8, 60);
    CO_CHECK_EQUAL(at.most_alive, 6);
    static_cast<void>(co_await weir::sleep_for(60s));
    at.most_alive = at.alive;
    co_await crowd(gadgets, 8, 2);
    CO_CHECK_EQUAL(at.most_alive, 2);
    keeper.request_stop();
    static_cast<void>(co_await keeper.join());
    static_cast<void>(co_await gadgets.drain());
}

BOOST_AUTO_TEST_SUITE_END()
