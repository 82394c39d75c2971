// SPDX-License-Identifier: Apache-2.0
// shard_thread: where a shard's thread runs, and that shard 0 gives its thread back as it was.
#include <weir/io/runtime.hpp>

#include <boost/test/unit_test.hpp>

#include <sched.h>

#include <atomic>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(shard_thread_test)

BOOST_AUTO_TEST_CASE(pinned_shards_run_on_their_processor_and_shard_0_is_unpinned_at_the_end) {
    cpu_set_t before;
    ::sched_getaffinity(0, sizeof before, &before);
    weir::runtime_options options;
    options.stall_threshold = 0ns;
    options.pin = true;
    weir::runtime runtime(options);
    std::atomic<unsigned> pinned{0};
    auto main = [&](weir::shard&) -> weir::task<> {
        cpu_set_t here;
        ::sched_getaffinity(0, sizeof here, &here);
        if (CPU_COUNT(&here) == 1) ++pinned;
        co_return;
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(pinned.load() == weir::usable_processors());
    cpu_set_t after;
    ::sched_getaffinity(0, sizeof after, &after);
    BOOST_TEST(CPU_EQUAL(&before, &after));
}

BOOST_AUTO_TEST_CASE(after_the_end_the_thread_can_have_another_loop) {
    for (int i = 0; i < 3; ++i) {
        weir::runtime runtime;
        auto main = [](weir::shard&) -> weir::task<> { co_return; };
        BOOST_TEST(runtime.run(main).has_value());
        BOOST_TEST(weir::shard::current_or_null() == nullptr);
    }
    auto alone = []() -> weir::task<int> { co_return 1; };
    BOOST_TEST(weir::run(alone()) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
