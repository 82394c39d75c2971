// SPDX-License-Identifier: Apache-2.0
// shard: messages and calls between threads allocate nothing in the steady state.
#include <weir/io/runtime.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(shard_test)

namespace {

weir::runtime_options two_shards() {
    weir::runtime_options options;
    options.shards = 2;
    options.stall_threshold = 0ns;
    options.reactor.sq_entries = 256;
    options.reactor.cq_entries = 1024;
    return options;
}

}  // namespace

BOOST_AUTO_TEST_CASE(outside_of_a_runtime_there_is_no_current_shard) {
    BOOST_TEST(weir::shard::current_or_null() == nullptr);
}

BOOST_AUTO_TEST_CASE(move_only_arguments_and_results_cross) {
    weir::runtime runtime(two_shards());
    int value = 0;
    auto main = [&](weir::shard& here) -> weir::task<> {
        if (here.index() != 0) co_return;
        auto twice = [](std::unique_ptr<int> n) { return std::make_unique<int>(*n * 2); };
        auto call = here.sibling(1).run(twice, std::make_unique<int>(21));
        weir::result<std::unique_ptr<int>> answer = co_await call;
        value = **answer;
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(value == 42);
}

BOOST_AUTO_TEST_CASE(an_error_of_the_callable_is_not_wrapped_twice) {
    weir::runtime runtime(two_shards());
    std::error_code error;
    auto main = [&](weir::shard& here) -> weir::task<> {
        if (here.index() != 0) co_return;
        auto refuse = []() -> weir::result<int> { return weir::fail(std::errc::bad_message); };
        auto call = here.sibling(1).run(refuse);
        const weir::result<int> answer = co_await call;
        error = answer.error();
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST((error == std::errc::bad_message));
}

BOOST_AUTO_TEST_CASE(a_callable_that_is_dropped_at_the_end_is_still_destroyed) {
    auto probe = std::make_shared<int>(0);
    {
        weir::runtime runtime(two_shards());
        auto main = [&](weir::shard& here) -> weir::task<> {
            weir::shard& other = here.sibling(1 - here.index());
            for (int i = 0; i < 100; ++i) static_cast<void>(other.post([probe] {}));
            co_return;
        };
        BOOST_TEST(runtime.run(main).has_value());
        BOOST_TEST(!runtime.at(0).post([probe] {}));
    }
    BOOST_TEST(probe.use_count() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
