// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/protocol/error.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

namespace ws = weir::ws;

BOOST_AUTO_TEST_SUITE(error_test)

BOOST_AUTO_TEST_CASE(every_protocol_error_has_its_own_text_that_fits_a_close_frame) {
    std::set<std::string_view> texts;
    const int last = static_cast<int>(ws::protocol_errc::inflate_ratio_over_limit);
    for (int number = 1; number <= last; ++number) {
        const auto error = static_cast<ws::protocol_errc>(number);
        BOOST_TEST(ws::describe(error).size() <= 123U);
        texts.insert(ws::describe(error));
        BOOST_TEST(ws::is_valid_on_wire(ws::close_code_for(error)));
    }
    BOOST_TEST(texts.size() == static_cast<std::size_t>(last));
}

BOOST_AUTO_TEST_CASE(every_handshake_error_has_its_own_text) {
    std::set<std::string_view> texts;
    const int last = static_cast<int>(ws::handshake_errc::access_denied);
    for (int number = 1; number <= last; ++number) {
        texts.insert(ws::describe(static_cast<ws::handshake_errc>(number)));
    }
    BOOST_TEST(texts.size() == static_cast<std::size_t>(last));
}

BOOST_AUTO_TEST_CASE(every_error_has_a_name_of_its_own) {
    std::set<std::string_view> names;
    for (std::size_t i = 1; i <= ws::protocol_errc_count; ++i) {
        names.insert(ws::name_of(static_cast<ws::protocol_errc>(i)));
    }
    for (std::size_t i = 1; i <= ws::handshake_errc_count; ++i) {
        names.insert(ws::name_of(static_cast<ws::handshake_errc>(i)));
    }
    BOOST_TEST(names.size() == ws::protocol_errc_count + ws::handshake_errc_count);
    BOOST_TEST(names.contains("") == false);
    BOOST_TEST(ws::name_of(ws::protocol_errc::unmasked_frame) == "unmasked_frame");
    BOOST_TEST(ws::name_of(ws::protocol_errc::message_over_limit) == "message_over_limit");
    BOOST_TEST(ws::name_of(ws::protocol_errc::inflate_ratio_over_limit) ==
               "inflate_ratio_over_limit");
    BOOST_TEST(ws::name_of(static_cast<ws::protocol_errc>(250)) == "unknown");
    BOOST_TEST(ws::name_of(ws::handshake_errc::origin_not_allowed) == "origin_not_allowed");
    BOOST_TEST(ws::name_of(ws::handshake_errc::access_denied) == "access_denied");
    BOOST_TEST(ws::name_of(static_cast<ws::handshake_errc>(0)) == "unknown");
}

BOOST_AUTO_TEST_CASE(a_passed_limit_is_named_in_the_reason) {
    BOOST_TEST(ws::describe(ws::protocol_errc::message_over_limit).find("max_message_bytes") !=
               std::string_view::npos);
    BOOST_TEST(ws::describe(ws::protocol_errc::fragments_over_limit).find("max_fragments") !=
               std::string_view::npos);
    BOOST_TEST(ws::describe(ws::protocol_errc::frame_over_limit).find("max_frame_bytes") !=
               std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(an_error_code_carries_category_and_text) {
    const std::error_code error = ws::protocol_errc::reserved_bits;
    BOOST_TEST(error.message() == "a reserved bit was set");
    BOOST_TEST(std::string(error.category().name()) == "websocket protocol");
    const std::error_code other = ws::handshake_errc::key_malformed;
    BOOST_TEST(std::string(other.category().name()) == "websocket handshake");
    BOOST_TEST(!other.message().empty());
    BOOST_TEST(ws::describe(static_cast<ws::protocol_errc>(250)) == "unknown protocol error");
    BOOST_TEST(ws::describe(static_cast<ws::handshake_errc>(250)) == "unknown handshake error");
}

BOOST_AUTO_TEST_SUITE_END()
