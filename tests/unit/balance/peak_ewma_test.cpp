// SPDX-License-Identifier: Apache-2.0
// peak_ewma: choices follow the latency, and follow it when it shifts.
#include <weir/balance/peak_ewma.hpp>

#include "co_test.hpp"
#include "targets.hpp"

#include <weir/balance/upstream.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/task_group.hpp>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(peak_ewma_test)

namespace {

using namespace std::chrono_literals;
using weir::balance::candidates;
using weir::balance::peak_ewma;
using weir::balance::target_set;
using weir::balance::upstream;

/// Four services, of which each takes as long as it is told.
class backends {
public:
    weir::task<weir::result<int>> call(std::size_t target) {
        ++calls[target];
        co_await weir::ok(weir::sleep_for(times[target]));
        co_return 1;
    }
    std::vector<std::chrono::nanoseconds> times{10ms, 10ms, 10ms, 10ms};
    std::vector<std::size_t> calls{0, 0, 0, 0};
};
weir::task<> call_once(upstream<peak_ewma>& up, backends& all) {
    const auto work = [&all](std::size_t target) { return all.call(target); };
    static_cast<void>(co_await up.call(work));
}
/// The share of `target` in percent, of 200 calls a second for so long.
weir::task<std::size_t> share(upstream<peak_ewma>& up, backends& all, std::size_t target,
                              std::chrono::nanoseconds time) {
    all.calls = {0, 0, 0, 0};
    weir::task_group group(co_await weir::this_task(), 1000);
    const auto end = weir::reactor::current().now() + time;
    while (weir::reactor::current().now() < end) {
        static_cast<void>(group.try_spawn(call_once, std::ref(up), std::ref(all)));
        const auto slept = co_await weir::sleep_for(5ms);
        if (!slept) break;
    }
    static_cast<void>(co_await group.join());
    std::size_t sum = 0;
    for (const std::size_t each : all.calls) sum += each;
    co_return all.calls[target] * 100 / std::max<std::size_t>(sum, 1);
}

}  // namespace

CO_TEST(a_target_that_becomes_slow_is_left_alone_and_found_again_when_it_recovers) {
    auto targets = weir::test::equal(4);
    for (auto& each : targets) each.latency_decay = 2s;
    upstream<peak_ewma> up(std::move(targets), 1U);
    backends all;
    const auto even = co_await share(up, all, 2, 10s);
    CO_CHECK(even > 20 && even < 30);
    all.times[2] = 500ms;
    const auto slow = co_await share(up, all, 2, 10s);
    CO_CHECK(slow < 8);
    all.times[2] = 10ms;
    static_cast<void>(co_await share(up, all, 2, 30s));
    const auto back = co_await share(up, all, 2, 10s);
    CO_CHECK(back > 18);
}

BOOST_AUTO_TEST_CASE(one_that_was_never_heard_of_gets_one_call_and_not_all) {
    target_set set(weir::test::equal(2));
    peak_ewma chooser(1);
    const auto now = weir::test::begin;
    set.begin(0, now).succeeded(now + 1ms);
    std::vector<target_set::ticket> open;
    std::size_t unknown = 0;
    for (int i = 0; i < 100; ++i) {
        open.push_back(set.begin(*chooser.choose(candidates(set, now + 1ms)), now));
        if (open.back().index() == 1) ++unknown;
    }
    // Once for itself; then only when both of the two are it.
    BOOST_TEST((unknown > 10 && unknown < 40));
}

BOOST_AUTO_TEST_SUITE_END()
