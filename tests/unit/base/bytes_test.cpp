// SPDX-License-Identifier: Apache-2.0
// bytes: a view of text and back, without a copy.
#include <weir/base/bytes.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(bytes_test)

BOOST_AUTO_TEST_CASE(text_becomes_bytes_and_text_again_in_the_same_place) {
    const std::string text("a\0b", 3);
    const weir::bytes view = weir::as_bytes(text);
    BOOST_TEST(view.size() == 3U);
    BOOST_TEST(weir::as_text(view).data() == text.data());
    BOOST_TEST(weir::as_text(view) == text);
}

BOOST_AUTO_TEST_CASE(nothing_is_an_empty_view) {
    BOOST_TEST(weir::as_bytes("").empty());
    BOOST_TEST(weir::as_text({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
