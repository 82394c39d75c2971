// SPDX-License-Identifier: Apache-2.0
// tag_table: what holds after which invalidation, and that nothing is kept of what nobody uses.
#include <weir/cache/tag_table.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(tag_table_test)

namespace {

using table = weir::tag_table<std::string>;

}  // namespace

BOOST_AUTO_TEST_CASE(an_entry_is_over_when_one_of_its_tags_is_invalidated_later) {
    table tags;
    const auto both = tags.hold({tags.tag("red"), tags.tag("blue")});
    const auto blue = tags.hold({tags.tag("blue")});
    const auto written = tags.now();
    tags.invalidate("red");
    BOOST_TEST(!tags.is_valid(both, written));
    BOOST_TEST(tags.is_valid(blue, written));
    BOOST_TEST(tags.is_valid(both, tags.now()));
    BOOST_TEST(tags.is_valid(table::no_tags, written));
    tags.invalidate_all();
    BOOST_TEST(!tags.is_valid(blue, written));
    BOOST_TEST(!tags.is_valid(table::no_tags, written));
    tags.release(both);
    tags.release(blue);
}

BOOST_AUTO_TEST_CASE(entries_with_the_same_tags_share_a_set) {
    table tags;
    const auto first = tags.hold({tags.tag("red"), tags.tag("blue")});
    const auto second = tags.hold({tags.tag("blue"), tags.tag("red"), tags.tag("blue")});
    BOOST_TEST(first == second);
    BOOST_TEST(tags.set_count() == 1U);
    BOOST_TEST(tags.tags_of(first).size() == 2U);
    tags.release(first);
    tags.release(second);
}

BOOST_AUTO_TEST_CASE(nothing_is_kept_of_tags_that_nobody_has) {
    table tags;
    for (int round = 0; round < 1000; ++round) {
        const auto set = tags.hold({tags.tag(std::to_string(round))});
        BOOST_TEST(set == 1U);
        tags.release(set);
    }
    BOOST_TEST(tags.tag_count() == 0U);
    BOOST_TEST(tags.set_count() == 0U);
    BOOST_TEST((tags.hold({}) == table::no_tags));
}

BOOST_AUTO_TEST_CASE(what_was_begun_before_an_unknown_tag_was_invalidated_does_not_hold_with_it) {
    table tags;
    const auto begun = tags.now();
    tags.invalidate("red");
    const auto set = tags.hold({tags.tag("red")});
    BOOST_TEST(!tags.is_valid(set, begun));
    BOOST_TEST(tags.is_valid(set, tags.now()));
    tags.release(set);
}

BOOST_AUTO_TEST_CASE(a_tag_that_was_forgotten_meanwhile_is_not_taken_for_untouched) {
    table tags;
    const auto begun = tags.now();
    const auto before = tags.hold({tags.tag("red")});
    tags.invalidate("red");
    tags.release(before);
    const auto after = tags.hold({tags.tag("red")});
    BOOST_TEST(!tags.is_valid(after, begun));
    tags.release(after);
}

BOOST_AUTO_TEST_CASE(what_was_begun_before_the_numbers_began_anew_does_not_hold) {
    table tags;
    for (int i = 0; i < 10; ++i) tags.invalidate("red");
    const auto begun = tags.now();
    tags.restart();
    BOOST_TEST(tags.now() == 0U);
    const auto set = tags.hold({tags.tag("red")});
    BOOST_TEST(!tags.is_valid(set, begun));
    BOOST_TEST(!tags.is_valid(table::no_tags, begun));
    BOOST_TEST(tags.is_valid(set, tags.now()));
    tags.release(set);
}

BOOST_AUTO_TEST_SUITE_END()
