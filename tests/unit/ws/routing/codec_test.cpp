// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/routing/codec.hpp>

#include "reading_codec.hpp"

#include <weir/json/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace ws = weir::ws;
using weir::test::question;
using weir::test::reading;
using ws::message_kind;
using ws::routing_errc;
using namespace std::string_literals;

static_assert(ws::decodable<question> && ws::encodable<question>);
static_assert(ws::text_decodable<question> && !ws::binary_decodable<question>);
static_assert(ws::binary_decodable<reading> && !ws::text_decodable<reading>);
static_assert(!ws::decodable<int> && !ws::encodable<int>);

BOOST_AUTO_TEST_SUITE(codec_test)

namespace {

ws::message received(message_kind kind, std::string_view payload) {
    return ws::message(kind, weir::buffer_lease::copy_of(weir::as_bytes(payload)));
}

template <class T>
std::error_code refused(message_kind kind, std::string_view payload) {
    const auto value = ws::decode<T>(received(kind, payload));
    return value ? std::error_code() : value.error();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_message_is_what_was_encoded) {
    const question asked("the \"roof\"");
    const ws::outgoing sent = ws::encode(asked);
    BOOST_TEST((sent.type() == message_kind::text));
    BOOST_TEST(sent.payload() == R"({"sensor":"the \"roof\""})");
    const auto heard = ws::decode<question>(received(sent.type(), sent.payload()));
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST((*heard == asked));
}

BOOST_AUTO_TEST_CASE(a_binary_message_is_what_was_encoded) {
    const reading taken(258, -2);
    const ws::outgoing sent = ws::encode(taken);
    BOOST_TEST((sent.type() == message_kind::binary));
    BOOST_TEST(sent.payload() == "\x01\x02\xFF\xFE"s);
    const auto heard = ws::decode<reading>(received(sent.type(), sent.payload()));
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST((*heard == taken));
}

BOOST_AUTO_TEST_CASE(what_the_codec_refuses_is_an_error_of_its_own) {
    BOOST_TEST(
        (refused<question>(message_kind::text, R"({"sensor":)") == weir::json::errc::cut_off));
    BOOST_TEST((refused<question>(message_kind::text, "{}") == std::errc::invalid_argument));
    BOOST_TEST((refused<reading>(message_kind::binary, "\x00\x01\x80\x00"s) ==
                std::errc::result_out_of_range));
}

BOOST_AUTO_TEST_CASE(a_message_of_the_other_kind_is_refused_unread) {
    BOOST_TEST(
        (refused<question>(message_kind::binary, R"({"sensor":"a"})") == routing_errc::other_kind));
    BOOST_TEST(
        (refused<reading>(message_kind::text, "\x01\x02\x03\x04") == routing_errc::other_kind));
}

BOOST_AUTO_TEST_CASE(bytes_behind_a_binary_value_are_not_dropped_in_silence) {
    BOOST_TEST((refused<reading>(message_kind::binary, "\x01\x02\x03\x04\x05") ==
                routing_errc::malformed_frame));
    BOOST_TEST(
        (refused<reading>(message_kind::binary, "\x01\x02\x03") == routing_errc::malformed_frame));
}

BOOST_AUTO_TEST_CASE(a_value_for_many_is_encoded_once) {
    const ws::prepared_message shared = ws::prepare(question("a"));
    BOOST_TEST((shared.kind() == message_kind::text));
    BOOST_TEST(weir::as_text(shared.payload()) == R"({"sensor":"a"})");
}

BOOST_AUTO_TEST_SUITE_END()
