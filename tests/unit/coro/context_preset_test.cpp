// SPDX-License-Identifier: Apache-2.0
// context_preset: several values under a name, and who overrides whom.
#include <weir/coro/context_preset.hpp>

#include "co_test.hpp"

#include <weir/coro/context.hpp>
#include <weir/coro/with_value.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(context_preset_test)

namespace {

weir::task<std::string> seen() {
    const int& number = co_await weir::context<int>();
    const std::string& text = co_await weir::context<std::string>();
    const char& letter = co_await weir::context<char>();
    co_return std::to_string(number) + text + (letter == '\0' ? '-' : letter);
}
weir::task<std::string> seen_under(std::string_view name) {
    co_return co_await weir::with_preset(name, seen());
}
weir::task<std::string> seen_within(weir::context_preset preset) {
    co_return co_await weir::with_preset(std::move(preset), seen());
}

}  // namespace

CO_TEST(all_of_its_values_are_there_and_end_with_the_work) {
    const weir::context_preset preset("test", 7, std::string("seven"));
    const std::string inside = co_await weir::with_preset(preset, seen());
    const std::string outside = co_await seen();
    CO_CHECK_EQUAL(inside, "7seven-");
    CO_CHECK_EQUAL(outside, "0-");
}

CO_TEST(it_overrides_what_is_around_it_and_is_overridden_inside) {
    const weir::context_preset preset("test", 7, std::string("preset"));
    const std::string over =
        co_await weir::with_values(seen_within(preset), 1, std::string("outer"), 'x');
    const std::string under = co_await weir::with_preset(preset, weir::with_value(2, seen()));
    CO_CHECK_EQUAL(over, "7presetx");
    CO_CHECK_EQUAL(under, "2preset-");
}

CO_TEST(a_value_added_later_replaces_the_first_but_not_in_copies) {
    weir::context_preset preset("test", 1);
    const weir::context_preset before = preset;
    preset.add(2).add('y');
    const std::string now = co_await weir::with_preset(preset, seen());
    const std::string then = co_await weir::with_preset(before, seen());
    CO_CHECK_EQUAL(now, "2y");
    CO_CHECK_EQUAL(then, "1-");
}

CO_TEST(a_preset_is_found_by_name_and_an_unknown_name_changes_nothing) {
    weir::context_presets presets;
    presets.add(weir::context_preset("a", 1)).add(weir::context_preset("b", 2, 'b'));
    presets.add(weir::context_preset("a", 3));
    const std::string last = co_await weir::with_values(seen_under("a"), presets, 'o');
    const std::string other = co_await weir::with_values(seen_under("b"), presets, 'o');
    const std::string unknown = co_await weir::with_values(seen_under("c"), presets, 'o');
    const std::string none = co_await seen_under("a");
    CO_CHECK_EQUAL(last, "3o");
    CO_CHECK_EQUAL(other, "2b");
    CO_CHECK_EQUAL(unknown, "0o");
    CO_CHECK_EQUAL(none, "0-");
}

CO_TEST(an_empty_preset_changes_nothing) {
    const std::string found =
        co_await weir::with_value(5, weir::with_preset(weir::context_preset("none"), seen()));
    CO_CHECK_EQUAL(found, "5-");
}

BOOST_AUTO_TEST_SUITE_END()
