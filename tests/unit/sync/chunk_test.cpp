// SPDX-License-Identifier: Apache-2.0
// chunk: full pieces, the rest, and an error behind it.
#include <weir/sync/chunk.hpp>

#include "co_test.hpp"

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(chunk_test)

namespace {

weir::stream<int> numbers_then_error(int last) {
    for (int i = 1; i <= last; ++i) co_yield i;
    weir::ok(weir::result<void>(weir::fail(std::errc::bad_message)));
}
weir::stream<int> numbers(int last) {
    for (int i = 1; i <= last; ++i) co_yield i;
}
std::string text_of(const std::vector<int>& piece) {
    std::string text;
    for (const int each : piece) text += std::to_string(each) + " ";
    return text;
}

/// The pieces, each with a bar behind it.
weir::task<weir::result<std::string>> collect(weir::stream<std::vector<int>> source) {
    std::string all;
    while (auto piece = co_await weir::ok(source.next())) all += text_of(*piece) + "| ";
    co_return all;
}

}  // namespace

CO_TEST(pieces_are_full_but_for_the_last) {
    auto all = co_await collect(weir::chunk(numbers(7), 3));
    CO_REQUIRE(all.has_value());
    CO_CHECK_EQUAL(*all, "1 2 3 | 4 5 6 | 7 | ");
}

CO_TEST(no_piece_is_empty) {
    auto whole = co_await collect(weir::chunk(numbers(4), 2));
    CO_REQUIRE(whole.has_value());
    CO_CHECK_EQUAL(*whole, "1 2 | 3 4 | ");
    auto none = co_await collect(weir::chunk(numbers(0), 2));
    CO_REQUIRE(none.has_value());
    CO_CHECK_EQUAL(*none, "");
}

CO_TEST(what_came_before_an_error_is_not_lost) {
    auto source = weir::chunk(numbers_then_error(5), 3);
    auto first = co_await source.next();
    CO_REQUIRE(first.has_value());
    auto rest = co_await source.next();
    CO_REQUIRE(rest.has_value());
    CO_REQUIRE(rest->has_value());
    CO_CHECK_EQUAL(text_of(**rest), "4 5 ");
    auto error = co_await source.next();
    CO_REQUIRE(!error.has_value());
    CO_CHECK(error.error() == std::errc::bad_message);
}

BOOST_AUTO_TEST_SUITE_END()
