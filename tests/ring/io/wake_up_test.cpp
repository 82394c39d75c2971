// SPDX-License-Identifier: Apache-2.0
// wake_up: two loops that sleep in the kernel wake each other, and a plain thread wakes them.
#include <weir/io/runtime.hpp>
#include <weir/sync/event.hpp>

#include "io/kernel.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(wake_up_test)

namespace {

weir::runtime_options two_shards() {
    weir::runtime_options options;
    options.shards = 2;
    options.stall_threshold = 0ns;
    return options;
}

}  // namespace

BOOST_AUTO_TEST_CASE(ten_thousand_round_trips_between_sleeping_shards_lose_no_wake_up) {
    weir::runtime runtime(two_shards());
    int sum = 0;
    auto main = [&](weir::shard& here) -> weir::task<> {
        if (here.index() != 0) co_return;
        for (int i = 0; i < 10000; ++i) {
            auto call = here.sibling(1).run([] { return 1; });
            sum += *co_await call;
        }
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(sum == 10000);
}

BOOST_AUTO_TEST_CASE(a_ring_message_wakes_a_shard_where_the_kernel_has_it) {
    weir::runtime runtime(two_shards());
    bool has_messages = false;
    auto main = [&](weir::shard& here) -> weir::task<> {
        if (here.index() == 0) has_messages = here.loop().system().features().message_ring;
        co_return;
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(has_messages);
}

BOOST_AUTO_TEST_CASE(a_plain_thread_wakes_both_shards_each_time) {
    weir::runtime runtime(two_shards());
    std::atomic<int> arrived{0};
    std::thread sender([&] {
        for (int i = 0; i < 2000; ++i) {
            const unsigned to = static_cast<unsigned>(i) % 2;
            while (!runtime.at(to).post([&arrived] { ++arrived; })) std::this_thread::yield();
            while (arrived.load() <= i) std::this_thread::yield();
        }
        runtime.request_stop();
    });
    auto main = [&](weir::shard&) -> weir::task<weir::result<void>> {
        weir::event never;
        co_return co_await never.wait();
    };
    BOOST_TEST(runtime.run(main).has_value());
    sender.join();
    BOOST_TEST(arrived.load() == 2000);
}

BOOST_AUTO_TEST_SUITE_END()
