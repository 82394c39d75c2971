// SPDX-License-Identifier: Apache-2.0
// semaphore: never more out than there are, first come, first served, and no permit gets lost.
#include <weir/sync/semaphore.hpp>

#include "co_test.hpp"

#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/sync/task_group.hpp>

#include <algorithm>
#include <random>
#include <string>

BOOST_AUTO_TEST_SUITE(semaphore_test)

namespace {

class pool {
public:
    explicit pool(std::size_t permits) : free(permits) {}
    weir::semaphore free;
    int out = 0;
    int most_out = 0;
    std::string log;
};

weir::task<weir::result<void>> use(pool& shared, char name, int turns) {
    const auto permit = co_await shared.free.acquire();
    if (!permit) co_return weir::fail(permit.error());
    shared.most_out = std::max(shared.most_out, ++shared.out);
    shared.log += name;
    for (int i = 0; i < turns; ++i) static_cast<void>(co_await weir::yield());
    --shared.out;
    co_return weir::result<void>();
}
weir::task<> release_then_stop(pool& shared, weir::stop_source& source) {
    shared.free.release();
    source.request_stop();
    co_return;
}
weir::task<> use_and_maybe_stop(pool& shared, std::mt19937& random, weir::stop_source& own) {
    for (int i = 0; i < 5; ++i) {
        if (random() % 7 == 0) own.request_stop();
        const auto outcome = co_await weir::with_stop(own, use(shared, '.', int(random() % 3)));
        static_cast<void>(outcome);
        static_cast<void>(co_await weir::yield());
    }
}

}  // namespace

CO_TEST(no_more_are_out_than_there_are_permits) {
    pool shared(2);
    static_cast<void>(co_await weir::when_all(use(shared, 'a', 3), use(shared, 'b', 1),
                                              use(shared, 'c', 2), use(shared, 'd', 0)));
    CO_CHECK_EQUAL(shared.most_out, 2);
    CO_CHECK_EQUAL(shared.log, "abcd");
    CO_CHECK_EQUAL(shared.free.available(), 2U);
}

CO_TEST(releasing_several_wakes_several) {
    pool shared(0);
    auto release = [](pool& all) -> weir::task<> {
        CO_CHECK_EQUAL(all.free.waiting(), 2U);
        all.free.release(3);
        co_return;
    };
    if (weir::test::is_disturbed()) co_return;
    static_cast<void>(
        co_await weir::when_all(use(shared, 'a', 0), use(shared, 'b', 0), release(shared)));
    CO_CHECK_EQUAL(shared.free.available(), 3U);
}

CO_TEST(a_permit_handed_to_a_task_that_is_stopped_then_is_not_lost) {
    pool shared(0);
    weir::stop_source source;
    const auto [used, done] = co_await weir::when_all(weir::with_stop(source, use(shared, 'a', 0)),
                                                      release_then_stop(shared, source));
    CO_CHECK(used.has_value());
    CO_CHECK_EQUAL(shared.free.available(), 1U);
}

CO_TEST(permits_move_and_return_once) {
    weir::semaphore all(1);
    {
        auto permit = co_await all.acquire();
        CO_REQUIRE(permit.has_value());
        weir::semaphore::permit moved(std::move(*permit));
        CO_CHECK_EQUAL(all.available(), 0U);
        moved.release();
        CO_CHECK_EQUAL(all.available(), 1U);
    }
    CO_CHECK_EQUAL(all.available(), 1U);
}

CO_TEST(random_use_with_random_stops_keeps_all_permits) {
    std::mt19937 random(20260101);
    pool shared(3);
    std::vector<std::unique_ptr<weir::stop_source>> sources;
    weir::task_group group(co_await weir::this_task(), 40);
    for (int i = 0; i < 40; ++i) {
        sources.push_back(std::make_unique<weir::stop_source>());
        auto started = group.spawn(use_and_maybe_stop, std::ref(shared), std::ref(random),
                                   std::ref(*sources.back()));
        static_cast<void>(co_await started);
    }
    static_cast<void>(co_await group.join());
    CO_CHECK_EQUAL(shared.free.available(), 3U);
    CO_CHECK_EQUAL(shared.out, 0);
    CO_CHECK_EQUAL(shared.most_out, 3);
}

BOOST_AUTO_TEST_CASE(try_acquire_takes_only_what_is_free) {
    weir::semaphore all(1);
    BOOST_TEST(all.try_acquire());
    BOOST_TEST(!all.try_acquire());
    all.release();
    BOOST_TEST(all.available() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
