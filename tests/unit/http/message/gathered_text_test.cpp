// SPDX-License-Identifier: Apache-2.0
#include "http/message/gathered_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(gathered_text_test)

BOOST_AUTO_TEST_CASE(one_piece_is_not_copied) {
    const std::string piece = "whole";
    weir::http::gathered_text text;
    text.add(piece);
    BOOST_TEST(text.view().data() == piece.data());
    BOOST_TEST(text.view() == "whole");
}

BOOST_AUTO_TEST_CASE(pieces_are_put_together) {
    weir::http::gathered_text text;
    for (const char* piece : {"", "a", "", "b", "cdefghijklmnopqrstuvwxyz", ""}) text.add(piece);
    BOOST_TEST(text.view() == "abcdefghijklmnopqrstuvwxyz");
    text.clear();
    BOOST_TEST(text.view().empty());
    text.add("1");
    text.add("2");
    BOOST_TEST(text.view() == "12");
}

BOOST_AUTO_TEST_CASE(what_is_kept_needs_its_memory_no_longer) {
    weir::http::gathered_text text;
    text.keep();
    BOOST_TEST(text.view().empty());
    std::string memory = "first";
    text.add(memory);
    text.keep();
    text.keep();
    memory = "other";
    BOOST_TEST(text.view() == "first");
    text.add(memory);
    memory = "third";
    BOOST_TEST(text.view() == "firstother");
}

BOOST_AUTO_TEST_SUITE_END()
