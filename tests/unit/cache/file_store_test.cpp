// SPDX-License-Identifier: Apache-2.0
// file_store: what comes back, and that nothing else ever does.
#include <weir/cache/file_store.hpp>

#include "co_test.hpp"

#include <weir/io/file.hpp>

#include <chrono>
#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(file_store_test)

namespace {

using namespace std::chrono_literals;
using weir::task;
using pages = weir::file_store<std::string, std::string>;

class clock_at {
public:
    std::chrono::system_clock::time_point now{1'000'000s};
};
weir::file_store_options options(clock_at& clock) {
    weir::file_store_options made("store");
    made.clock = [&clock] { return clock.now; };
    return made;
}
task<std::string> text_of(pages& from, std::string key) {
    const auto found = co_await from.load(key);
    if (!found) co_return found.error().message();
    co_return *found ? (*found)->value : "none";
}
task<> put(pages& to, std::string key, std::string value) {
    const auto saved = co_await to.save(key, value, 1h);
    CO_CHECK(saved.has_value());
}

}  // namespace

CO_TEST(what_was_saved_comes_back_also_in_a_later_store) {
    clock_at clock;
    {
        pages store(options(clock));
        co_await put(store, "a", "one");
        co_await put(store, "b", std::string(100'000, 'x'));
        co_await put(store, "", "");
        co_await put(store, "a", "two");
    }
    pages store(options(clock));
    const auto a = co_await text_of(store, "a");
    CO_CHECK_EQUAL(a, "two");
    const auto b = co_await text_of(store, "b");
    CO_CHECK_EQUAL(b.size(), 100'000U);
    const auto empty = co_await text_of(store, "");
    CO_CHECK_EQUAL(empty, "");
    const auto none = co_await text_of(store, "c");
    CO_CHECK_EQUAL(none, "none");
}

CO_TEST(a_value_has_the_time_left_that_it_was_given) {
    clock_at clock;
    pages store(options(clock));
    static_cast<void>(co_await store.save("a", "short", 10s));
    static_cast<void>(co_await store.save("b", "long", std::chrono::nanoseconds::max()));
    clock.now += 4s;
    const auto a = co_await store.load("a");
    CO_REQUIRE(a && *a);
    CO_CHECK((*a)->left == 6s);
    const auto b = co_await store.load("b");
    CO_REQUIRE(b && *b);
    CO_CHECK((*b)->left == std::chrono::nanoseconds::max());
    clock.now += 6s;
    const auto over = co_await text_of(store, "a");
    CO_CHECK_EQUAL(over, "none");
}

CO_TEST(what_was_erased_is_gone_and_what_shares_its_place_is_not) {
    clock_at clock;
    auto small = options(clock);
    small.max_files = 1;
    pages store(small);
    co_await put(store, "a", "one");
    const auto other = co_await store.erase("b");
    CO_CHECK(other.has_value());
    const auto kept = co_await text_of(store, "a");
    CO_CHECK_EQUAL(kept, "one");
    const auto erased = co_await store.erase("a");
    CO_CHECK(erased.has_value());
    const auto gone = co_await text_of(store, "a");
    CO_CHECK_EQUAL(gone, "none");
}

CO_TEST(a_place_is_taken_over_by_the_next_key_and_never_confused) {
    clock_at clock;
    auto small = options(clock);
    small.max_files = 3;
    pages store(small);
    for (int i = 0; i < 20; ++i) co_await put(store, std::to_string(i), std::to_string(i * i));
    int found = 0;
    for (int i = 0; i < 20; ++i) {
        const auto text = co_await text_of(store, std::to_string(i));
        CO_CHECK(text == "none" || text == std::to_string(i * i));
        if (text != "none") ++found;
    }
    CO_CHECK_EQUAL(found, 3);
}

CO_TEST(a_value_that_is_too_large_is_refused_and_what_was_there_is_over) {
    clock_at clock;
    auto small = options(clock);
    small.max_file_bytes = 10;
    pages store(small);
    co_await put(store, "a", "123456789");
    const auto refused = co_await store.save("a", "1234567890", 1h);
    CO_CHECK(!refused && refused.error() == std::errc::file_too_large);
    const auto gone = co_await text_of(store, "a");
    CO_CHECK_EQUAL(gone, "none");
}

CO_TEST(a_file_that_was_written_half_or_damaged_is_as_good_as_none) {
    clock_at clock;
    auto small = options(clock);
    small.max_files = 1;
    pages store(small);
    co_await put(store, "key", "value");
    auto opened = co_await weir::file::open("store/00000000", weir::open_mode::update);
    CO_REQUIRE(opened.has_value());
    const auto size = co_await opened->size();
    CO_REQUIRE(size.has_value());
    CO_REQUIRE(*size == 48U);
    for (std::uint64_t at = 0; at < *size; ++at) {
        std::byte whole{};
        const auto read = co_await opened->read_exactly_at(at, weir::mutable_bytes(&whole, 1));
        CO_REQUIRE(read.has_value());
        const std::byte damaged = whole ^ std::byte{0x10};
        static_cast<void>(co_await opened->write_all_at(at, weir::bytes(&damaged, 1)));
        const auto text = co_await text_of(store, "key");
        CO_CHECK_EQUAL(text, "none");
        static_cast<void>(co_await opened->write_all_at(at, weir::bytes(&whole, 1)));
    }
    const auto text = co_await text_of(store, "key");
    CO_CHECK_EQUAL(text, "value");
    static_cast<void>(co_await opened->close());
}

CO_TEST(types_of_other_kinds_are_written_as_their_codec_says) {
    clock_at clock;
    weir::file_store<int, std::string> store(options(clock));
    static_cast<void>(co_await store.save(-7, "minus seven", 1h));
    const auto found = co_await store.load(-7);
    CO_REQUIRE(found && *found);
    CO_CHECK_EQUAL((*found)->value, "minus seven");
}

BOOST_AUTO_TEST_SUITE_END()
