// SPDX-License-Identifier: Apache-2.0
// merge against a model: random sources, askers and ends from a seed. Whatever happens, each
// source's values come in order and without a gap, and nothing runs after the end.
#include <weir/sync/merge.hpp>

#include "co_test.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <optional>
#include <random>
#include <vector>

BOOST_AUTO_TEST_SUITE(merge_property_test)

namespace {

using namespace std::chrono_literals;

constexpr int range = 1000;  // source s gives s * range + 0, 1, 2 ...

/// What a source does.
class plan {
public:
    explicit plan(int which, int how_many, bool whether_fails)
        : first(which * range), count(how_many), fails(whether_fails) {}
    int first;
    int count;
    bool fails;
    int given = 0;
    bool has_ended = false;  // by itself
};

class story {
public:
    explicit story(unsigned seed) : random(seed) {
        const bool may_fail = chance(2);
        const int sources = 1 + static_cast<int>(random() % 6);
        for (int i = 0; i < sources; ++i) {
            plans.emplace_back(i, static_cast<int>(random() % 20), may_fail && chance(4));
        }
        end = chance(3) ? weir::ends_with::first : weir::ends_with::last;
        close_after = chance(3) ? static_cast<int>(random() % 30) : -1;
    }
    [[nodiscard]] bool chance(unsigned one_in) { return random() % one_in == 0; }

    std::mt19937 random;
    std::vector<plan> plans;
    weir::ends_with end = weir::ends_with::last;
    int close_after = -1;  // values; -1 = at the end
    std::vector<int> got;
    std::optional<std::error_code> error;
    bool is_whole = false;
};

weir::task<weir::result<void>> pause(story& all) {
    switch (all.random() % 4) {
        case 0:
            co_return co_await weir::yield();
        case 1:
            co_return co_await weir::sleep_for(std::chrono::milliseconds(all.random() % 5));
        default:
            co_return weir::result<void>();
    }
}
weir::stream<int> source(story& all, plan& mine) {
    for (; mine.given < mine.count; ++mine.given) {
        co_await weir::ok(pause(all));
        co_yield mine.first + mine.given;
    }
    mine.has_ended = true;
    if (mine.fails) weir::ok(weir::result<void>(weir::fail(std::errc::no_link)));
}

weir::task<> tell(story& all) {
    std::vector<weir::stream<int>> sources;
    for (plan& each : all.plans) sources.push_back(source(all, each));
    weir::merge merged(co_await weir::this_task(), all.end, std::move(sources));
    for (int timeouts = 0; timeouts < 1000;) {
        static_cast<void>(co_await pause(all));
        if (all.close_after == static_cast<int>(all.got.size())) break;
        const auto patience = std::chrono::milliseconds(1 + all.random() % 5);
        auto next = co_await weir::with_timeout(patience, merged.next());
        if (!next && next.error() == std::errc::timed_out) {
            ++timeouts;
            continue;
        }
        if (!next) all.error = next.error();
        all.is_whole = !next || !*next;
        if (all.is_whole) break;
        all.got.push_back(**next);
    }
    co_await merged.close();
    CO_CHECK_EQUAL(merged.running(), 0U);
}

/// How many values of each source came; -1 where one was missing or out of order.
std::vector<int> prefixes(const story& all) {
    std::vector<int> counts(all.plans.size(), 0);
    for (const int value : all.got) {
        int& count = counts[static_cast<std::size_t>(value / range)];
        count = count == value % range ? count + 1 : -1;
    }
    return counts;
}

}  // namespace

CO_TEST(each_sources_values_come_in_order_and_without_a_gap) {
    for (unsigned seed = 1; seed <= 300; ++seed) {
        story all(seed);
        co_await tell(all);
        const std::vector<int> counts = prefixes(all);
        bool is_right = true;
        bool may_fail = false;
        bool one_is_done = false;
        for (std::size_t i = 0; i < counts.size(); ++i) {
            const plan& each = all.plans[i];
            const bool is_complete = counts[i] == each.count && each.has_ended;
            const bool all_shall_be = all.is_whole && !all.error;
            one_is_done = one_is_done || is_complete;
            may_fail = may_fail || (each.fails && each.has_ended);
            is_right = is_right && counts[i] >= 0;
            if (all_shall_be && all.end == weir::ends_with::last) {
                is_right = is_right && is_complete;
            }
            // One ahead at the most, in its place or in the line.
            is_right = is_right && each.given - counts[i] <= 1;
        }
        if (all.is_whole && !all.error) is_right = is_right && one_is_done && !may_fail;
        if (all.error) is_right = is_right && may_fail && *all.error == std::errc::no_link;
        if (!is_right) BOOST_TEST_MESSAGE("seed " << seed);
        CO_CHECK(is_right);
    }
}

BOOST_AUTO_TEST_SUITE_END()
