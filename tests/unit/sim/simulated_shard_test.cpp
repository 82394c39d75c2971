// SPDX-License-Identifier: Apache-2.0
#include "two_hosts.hpp"

#include <stdexcept>
#include <vector>

BOOST_AUTO_TEST_SUITE(simulated_shard_test)

namespace {

using namespace weir::sim::test;
using weir::sim::fault;
using weir::sim::host;
using weir::sim::host_options;
using weir::sim::world;

host_options two_shards() {
    host_options options;
    options.shards = 2;
    return options;
}
/// Runs `first` on shard 0 of two, the other one of which does nothing, to the end.
template <class First>
void run_first(world& all, host& place, First first) {
    place.start(
        [first](weir::shard& here) -> weir::task<> {
            if (here.index() == 0) co_await first(here);
        },
        two_shards());
    const bool ended = all.run_to_end(24h);
    BOOST_TEST(ended, all.waiters());
}

unsigned index_here() { return weir::this_shard().index(); }
weir::task<weir::result<unsigned>> index_after(std::chrono::nanoseconds delay) {
    const auto slept = co_await weir::sleep_for(delay);
    if (!slept) co_return weir::fail(slept.error());
    co_return weir::this_shard().index();
}
unsigned throw_there() { throw std::out_of_range("over there"); }

}  // namespace

BOOST_AUTO_TEST_CASE(a_call_runs_on_the_other_shard_and_comes_back) {
    world all(1);
    host& place = all.add_host("place");
    unsigned at_once = 9;
    unsigned later = 9;
    run_first(all, place, [&](weir::shard& here) -> weir::task<> {
        const auto now = co_await here.sibling(1).run(&index_here);
        at_once = now.value_or(9);
        const auto then = co_await here.sibling(1).run(&index_after, 10min);
        later = then.value_or(9);
        BOOST_TEST(index_here() == 0U);
    });
    BOOST_TEST(at_once == 1U);
    BOOST_TEST(later == 1U);
    BOOST_TEST((all.elapsed() >= 10min && all.elapsed() < 11min));
}

BOOST_AUTO_TEST_CASE(shards_call_each_other_at_once_and_in_circles) {
    world all(2);
    host& place = all.add_host("place");
    int rounds = 0;
    place.start(
        [&](weir::shard& here) -> weir::task<> {
            weir::shard& other = here.sibling(1 - here.index());
            const unsigned own = here.index();
            for (int i = 0; i < 50; ++i) {
                const auto back_and_forth = [&here]() -> weir::task<weir::result<unsigned>> {
                    co_return co_await here.run(&index_here);
                };
                const auto answer = co_await other.run(back_and_forth);
                if (answer.value_or(9) == own) ++rounds;
            }
        },
        two_shards());
    BOOST_TEST(all.run_to_end(1min), all.waiters());
    BOOST_TEST(rounds == 100);
}

BOOST_AUTO_TEST_CASE(an_exception_of_a_call_is_thrown_where_it_was_called) {
    world all(1);
    host& place = all.add_host("place");
    bool caught = false;
    run_first(all, place, [&](weir::shard& here) -> weir::task<> {
        try {
            static_cast<void>(co_await here.sibling(1).run(&throw_there));
        } catch (const std::out_of_range&) {
            caught = here.index() == 0 && index_here() == 0;
        }
    });
    BOOST_TEST(caught);
}

BOOST_AUTO_TEST_CASE(a_time_limit_of_the_caller_stops_the_call) {
    world all(1);
    host& place = all.add_host("place");
    std::error_code error;
    run_first(all, place, [&](weir::shard& here) -> weir::task<> {
        auto call = here.sibling(1).run(&index_after, 1000h);
        const auto late = co_await weir::with_timeout(1s, call);
        error = error_of(late);
    });
    BOOST_TEST((error == std::errc::timed_out));
    BOOST_TEST((all.elapsed() < 2s));
}

BOOST_AUTO_TEST_CASE(what_was_posted_runs_there_in_its_order) {
    world all(1);
    host& place = all.add_host("place");
    std::vector<int> seen;
    run_first(all, place, [&](weir::shard& here) -> weir::task<> {
        for (int i = 0; i < 20; ++i) {
            const auto posted = here.sibling(1).post([&seen, i] {
                BOOST_TEST(index_here() == 1U);
                seen.push_back(i);
            });
            BOOST_TEST(posted.has_value());
        }
        static_cast<void>(co_await weir::sleep_for(1s));
    });
    BOOST_TEST(seen.size() == 20U);
    BOOST_TEST(std::is_sorted(seen.begin(), seen.end()));
}

BOOST_AUTO_TEST_CASE(a_full_inbox_refuses_what_is_posted) {
    world all(1);
    host& place = all.add_host("place");
    host_options options = two_shards();
    options.max_posted = 3;
    int ran = 0;
    int refused = 0;
    place.start(
        [&](weir::shard& here) -> weir::task<> {
            if (here.index() != 0) co_return;
            for (int i = 0; i < 5; ++i) {
                const auto posted = here.sibling(1).post([&ran] { ++ran; });
                if (error_of(posted) == std::errc::no_buffer_space) ++refused;
            }
            static_cast<void>(co_await weir::sleep_for(1s));
        },
        options);
    BOOST_TEST(all.run_to_end(1min));
    BOOST_TEST(ran == 3);
    BOOST_TEST(refused == 2);
}

BOOST_AUTO_TEST_CASE(calls_arrive_although_completions_are_reordered) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        world all(seed);
        host& place = all.add_host("place");
        all.faults().rate(fault::reordered_completions, 0.5);
        all.faults().rate(fault::spurious_wake_up, 0.5);
        int answers = 0;
        run_first(all, place, [&](weir::shard& here) -> weir::task<> {
            for (int i = 0; i < 20; ++i) {
                const auto answer = co_await here.sibling(1).run(&index_after, 1ms);
                if (answer.value_or(9) == 1U) ++answers;
            }
        });
        BOOST_TEST(answers == 20);
    }
}

BOOST_AUTO_TEST_CASE(a_call_under_way_at_a_crash_is_unwound_on_both_shards) {
    world all(1);
    host& place = all.add_host("place");
    bool came_back = false;
    place.start(
        [&](weir::shard& here) -> weir::task<> {
            if (here.index() != 0) co_return;
            const auto answer = co_await here.sibling(1).run(&index_after, 1000h);
            came_back = error_of(answer) == std::errc::operation_canceled;
        },
        two_shards());
    all.run_for(1s);
    place.crash();
    BOOST_TEST(came_back);
    BOOST_TEST(place.open_descriptors() == 0U);
}

BOOST_AUTO_TEST_CASE(a_shard_whose_main_has_ended_still_answers) {
    world all(1);
    host& place = all.add_host("place");
    unsigned answer = 9;
    run_first(all, place, [&](weir::shard& here) -> weir::task<> {
        static_cast<void>(co_await weir::sleep_for(1h));
        const auto late = co_await here.sibling(1).run(&index_here);
        answer = late.value_or(9);
    });
    BOOST_TEST(answer == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
