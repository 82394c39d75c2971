// SPDX-License-Identifier: Apache-2.0
// cache_state: what is known about a key at which time, and what is over because of what.
#include <weir/cache/cache_state.hpp>

#include "allocation_count.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(cache_state_test)

namespace {

using namespace std::chrono_literals;
using weir::cache_options;
using weir::cache_presence;
using weir::cache_tags;
using state = weir::cache_state<int, std::string>;
using time_point = state::time_point;

constexpr time_point start{1000s};

void keep(state& in, int key, time_point now, const cache_tags<int>& tags = cache_tags<int>()) {
    in.keep(key, std::to_string(key), now, in.number(), std::nullopt, tags);
}
cache_presence presence(state& of, int key, time_point now) {
    return of.look_up(key, now).presence;
}
bool is_kept(state& in, int key) { return in.look_up(key, start).value != nullptr; }

/// A string weighs its length.
class by_length : public weir::cache_traits<int, std::string> {
public:
    static constexpr bool weighs = true;
    static std::uint64_t weight(const int& /*key*/, const std::string& value) noexcept {
        return value.size();
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_value_goes_through_its_ages) {
    cache_options options(10);
    options.ttl = 60s;
    options.refresh_ahead = 10s;
    options.stale_while_revalidate = 30s;
    options.stale_if_error = 300s;
    state kept(options);
    BOOST_TEST((presence(kept, 1, start) == cache_presence::missing));
    keep(kept, 1, start);
    BOOST_TEST((presence(kept, 1, start + 49s) == cache_presence::fresh));
    BOOST_TEST((presence(kept, 1, start + 50s) == cache_presence::due));
    BOOST_TEST((presence(kept, 1, start + 59s) == cache_presence::due));
    BOOST_TEST((presence(kept, 1, start + 60s) == cache_presence::stale));
    BOOST_TEST((presence(kept, 1, start + 89s) == cache_presence::stale));
    BOOST_TEST((presence(kept, 1, start + 90s) == cache_presence::expired));
    BOOST_TEST(*kept.look_up(1, start + 359s).value == "1");
    BOOST_TEST((presence(kept, 1, start + 360s) == cache_presence::missing));
    BOOST_TEST(kept.size() == 0U);
    BOOST_TEST(kept.expirations() == 1U);
}

BOOST_AUTO_TEST_CASE(a_value_that_nobody_uses_is_gone_and_each_use_begins_anew) {
    cache_options options(10);
    options.idle_ttl = 60s;
    state kept(options);
    keep(kept, 1, start);
    BOOST_TEST((presence(kept, 1, start + 59s) == cache_presence::fresh));
    BOOST_TEST((presence(kept, 1, start + 118s) == cache_presence::fresh));
    BOOST_TEST((presence(kept, 1, start + 179s) == cache_presence::missing));
}

BOOST_AUTO_TEST_CASE(a_value_may_have_a_lifetime_of_its_own) {
    state kept(cache_options(10));
    keep(kept, 1, start);
    kept.keep(2, "2", start, kept.number(), 5s);
    kept.keep(3, "3", start, kept.number(), 0s);
    BOOST_TEST((presence(kept, 1, start + 1000h) == cache_presence::fresh));
    BOOST_TEST((presence(kept, 2, start + 4s) == cache_presence::fresh));
    BOOST_TEST((presence(kept, 2, start + 5s) == cache_presence::missing));
    BOOST_TEST((presence(kept, 3, start) == cache_presence::missing));
}

BOOST_AUTO_TEST_CASE(a_failure_is_kept_if_it_is_an_answer_and_until_there_is_a_value) {
    cache_options options(10);
    options.negative_ttl = 10s;
    options.max_negative = 2;
    state kept(options);
    const auto absent = std::make_error_code(std::errc::no_such_file_or_directory);
    kept.keep_failure(1, std::make_error_code(std::errc::timed_out), start, kept.number());
    BOOST_TEST((presence(kept, 1, start) == cache_presence::missing));
    kept.keep_failure(1, absent, start, kept.number());
    BOOST_TEST((presence(kept, 1, start + 9s) == cache_presence::negative));
    BOOST_TEST((kept.look_up(1, start).failure == absent));
    BOOST_TEST((presence(kept, 1, start + 10s) == cache_presence::missing));
    kept.keep_failure(1, absent, start, kept.number());
    keep(kept, 1, start);
    BOOST_TEST((presence(kept, 1, start) == cache_presence::fresh));
    // A failure takes the place of a value, and many of them do not push values out.
    for (int key = 1; key < 100; ++key) kept.keep_failure(key, absent, start, kept.number());
    BOOST_TEST((presence(kept, 1, start) == cache_presence::missing));
    BOOST_TEST((presence(kept, 99, start) == cache_presence::negative));
    kept.invalidate_all();
    BOOST_TEST((presence(kept, 99, start) == cache_presence::missing));
}

BOOST_AUTO_TEST_CASE(a_tag_ends_those_that_have_it_and_no_others) {
    state kept(cache_options(10));
    keep(kept, 1, start, cache_tags<int>().add("red"));
    keep(kept, 2, start, cache_tags<int>().add("red").add("blue"));
    keep(kept, 3, start, cache_tags<int>().add("blue"));
    keep(kept, 4, start);
    kept.invalidate("red");
    BOOST_TEST(!is_kept(kept, 1));
    BOOST_TEST(!is_kept(kept, 2));
    BOOST_TEST(is_kept(kept, 3));
    BOOST_TEST(is_kept(kept, 4));
    keep(kept, 1, start, cache_tags<int>().add("red"));
    BOOST_TEST(is_kept(kept, 1));
}

BOOST_AUTO_TEST_CASE(what_was_made_from_another_entry_ends_with_it) {
    state kept(cache_options(10));
    keep(kept, 1, start, cache_tags<int>().add("red"));
    keep(kept, 2, start, cache_tags<int>().depends_on(1));
    keep(kept, 3, start, cache_tags<int>().depends_on(2));
    BOOST_TEST(is_kept(kept, 3));
    keep(kept, 2, start, cache_tags<int>().depends_on(1));
    BOOST_TEST(!is_kept(kept, 3));
    keep(kept, 3, start, cache_tags<int>().depends_on(2));
    BOOST_TEST(kept.erase(1));
    BOOST_TEST(!is_kept(kept, 2));
    BOOST_TEST(!is_kept(kept, 3));
}

BOOST_AUTO_TEST_CASE(a_tag_reaches_what_was_made_from_what_has_it) {
    state kept(cache_options(10));
    keep(kept, 1, start, cache_tags<int>().add("red"));
    keep(kept, 2, start, cache_tags<int>().depends_on(1));
    keep(kept, 3, start, cache_tags<int>().depends_on(2));
    kept.invalidate("red");
    BOOST_TEST(!is_kept(kept, 3));
}

BOOST_AUTO_TEST_CASE(what_was_begun_before_an_invalidation_is_not_kept) {
    state kept(cache_options(10));
    const auto begun = kept.number();
    kept.invalidate("red");
    kept.keep(1, "1", start, begun, std::nullopt, cache_tags<int>().add("red"));
    BOOST_TEST(!is_kept(kept, 1));
    kept.keep(2, "2", start, begun);
    BOOST_TEST(is_kept(kept, 2));
    kept.invalidate_all();
    kept.keep(3, "3", start, begun);
    BOOST_TEST(!is_kept(kept, 3));
}

BOOST_AUTO_TEST_CASE(a_value_that_replaces_another_is_kept_also_with_a_tag_that_nobody_had) {
    state kept(cache_options(10));
    keep(kept, 1, start, cache_tags<int>().add("red"));
    kept.keep(1, "anew", start, kept.number(), std::nullopt, cache_tags<int>().add("blue"));
    BOOST_TEST(is_kept(kept, 1));
    keep(kept, 2, start);
    kept.put(2, "put", start, std::nullopt, cache_tags<int>().add("green"));
    BOOST_TEST(is_kept(kept, 2));
    kept.invalidate("green");
    BOOST_TEST(!is_kept(kept, 2));
}

BOOST_AUTO_TEST_CASE(a_put_ends_what_was_made_from_a_value_that_has_left_or_is_about_to_be) {
    state kept(cache_options(10));
    kept.keep(1, "1", start, kept.number(), 10s);
    keep(kept, 2, start, cache_tags<int>().depends_on(1));
    BOOST_TEST((presence(kept, 1, start + 11s) == cache_presence::missing));
    BOOST_TEST(is_kept(kept, 2));
    const auto begun = kept.number();
    kept.put(1, "put", start + 11s);
    BOOST_TEST(!is_kept(kept, 2));
    kept.keep(3, "3", start + 11s, begun, std::nullopt, cache_tags<int>().depends_on(1));
    BOOST_TEST(!is_kept(kept, 3));
}

BOOST_AUTO_TEST_CASE(that_there_is_none_any_more_ends_what_was_made_from_it) {
    cache_options options(10);
    options.negative_ttl = 10s;
    state kept(options);
    keep(kept, 1, start);
    keep(kept, 2, start, cache_tags<int>().depends_on(1));
    const auto absent = std::make_error_code(std::errc::no_such_file_or_directory);
    kept.keep_failure(1, absent, start, kept.number());
    BOOST_TEST((presence(kept, 1, start) == cache_presence::negative));
    BOOST_TEST(!is_kept(kept, 2));
}

BOOST_AUTO_TEST_CASE(a_bound_of_no_failures_keeps_none) {
    cache_options options(10);
    options.negative_ttl = 10s;
    options.max_negative = 0;
    state kept(options);
    const auto absent = std::make_error_code(std::errc::no_such_file_or_directory);
    kept.keep_failure(1, absent, start, kept.number());
    BOOST_TEST((presence(kept, 1, start) == cache_presence::missing));
}

BOOST_AUTO_TEST_CASE(a_sweep_gives_back_what_is_over) {
    cache_options options(1000);
    options.ttl = 10s;
    state kept(options);
    for (int key = 0; key < 500; ++key) keep(kept, key, start, cache_tags<int>().add("a"));
    for (int key = 500; key < 1000; ++key) keep(kept, key, start + 5s);
    BOOST_TEST(kept.sweep(start + 9s, 1000) == 0U);
    BOOST_TEST(kept.sweep(start + 12s, 100) == 100U);
    BOOST_TEST(kept.sweep(start + 12s, 900) == 400U);
    BOOST_TEST(kept.size() == 500U);
    BOOST_TEST(is_kept(kept, 999));
}

BOOST_AUTO_TEST_CASE(values_are_bounded_by_their_weight) {
    weir::cache_state<int, std::string, by_length> kept(cache_options(100));
    for (int key = 0; key < 50; ++key) {
        kept.keep(key, std::string(10, 'x'), start, kept.number());
        BOOST_TEST(kept.weight() <= 100U);
    }
    BOOST_TEST(kept.size() == 10U);
    kept.keep(50, std::string(101, 'x'), start, kept.number());
    BOOST_TEST((kept.look_up(50, start).value == nullptr));
    BOOST_TEST(kept.size() == 10U);
}

BOOST_AUTO_TEST_CASE(tags_are_given_back_however_an_entry_leaves) {
    cache_options options(4);
    options.ttl = 10s;
    state kept(options);
    // The table of tags asserts that each set is released as often as it was held; a set that is
    // not released keeps its tag, and an entry with it could not be told from an invalidated one.
    for (int round = 0; round < 100; ++round) {
        keep(kept, round % 7, start, cache_tags<int>().add(std::to_string(round)));
        if (round % 5 == 0) static_cast<void>(kept.erase(round % 7));
        if (round % 11 == 0) kept.sweep(start + 11s, 100);
        if (round % 13 == 0) kept.clear();
    }
    kept.clear();
    BOOST_TEST(kept.size() == 0U);
    BOOST_TEST(kept.tag_count() == 0U);
}

BOOST_AUTO_TEST_CASE(a_text_is_found_by_a_view_of_it_without_making_one) {
    weir::cache_state<std::string, int> kept(cache_options(10));
    const std::string_view name = "a name that is too long to stand in the string itself";
    kept.keep(std::string(name), 7, start, kept.number());
    const weir::test::allocation_count allocated;
    const auto found = kept.look_up(name, start);
    BOOST_TEST(allocated.value() == 0U);
    BOOST_REQUIRE(found.value != nullptr);
    BOOST_TEST(*found.value == 7);
}

BOOST_AUTO_TEST_SUITE_END()
