// SPDX-License-Identifier: Apache-2.0
#include <weir/json/error.hpp>
#include <weir/ws/routing/envelope.hpp>
#include <weir/ws/routing/error.hpp>

#include <boost/test/unit_test.hpp>

#include "allocation_count.hpp"

#include <string>

BOOST_AUTO_TEST_SUITE(envelope_test)

namespace {

using weir::json::errc;
using weir::ws::envelope;
using weir::ws::envelope_limits;
using weir::ws::envelope_list;
using weir::ws::routing_errc;

envelope_list read(const std::string& text) {
    auto list = envelope_list::read(text);
    BOOST_REQUIRE(list.has_value());
    return std::move(*list);
}
std::error_code refusal(std::string_view text, const envelope_limits& limits = {}) {
    const auto list = envelope_list::read(text, limits);
    return list ? std::error_code() : list.error();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_message_has_a_type_and_perhaps_a_payload) {
    const std::string text = R"( {"id":7,"type":"data", "payload": {"a":[1,2]} } )";
    const auto list = read(text);
    BOOST_TEST(!list.is_batch());
    BOOST_REQUIRE(list.all().size() == 1U);
    const envelope& message = list.all().front();
    BOOST_TEST((message.type() == "data"));
    BOOST_TEST(message.payload() == R"({"a":[1,2]})");
    BOOST_TEST(message.payload().data() == text.data() + text.find("{\"a\""), "it was copied");
    BOOST_TEST(message.text() == text);
    const std::string short_one = R"({"type":"ping"})";
    BOOST_TEST(read(short_one).all().front().payload().empty());
}

BOOST_AUTO_TEST_CASE(a_batch_gives_its_messages_in_order) {
    const std::string text =
        R"({"batch":[{"type":"a","payload":1}, {"type":"b"} ,{"x":[],"type":"a"}],"id":3})";
    const auto list = read(text);
    BOOST_TEST(list.is_batch());
    BOOST_REQUIRE(list.all().size() == 3U);
    BOOST_TEST((list.all()[0].type() == "a"));
    BOOST_TEST(list.all()[0].payload() == "1");
    BOOST_TEST((list.all()[1].type() == "b"));
    BOOST_TEST(list.all()[1].text() == R"({"type":"b"})");
    BOOST_TEST(list.all()[2].text() == R"({"x":[],"type":"a"})");
    const std::string none = R"({"batch":[]})";
    BOOST_TEST(read(none).is_batch());
    BOOST_TEST(read(none).all().empty());
}

BOOST_AUTO_TEST_CASE(a_batch_that_is_no_array_is_a_member_like_others) {
    const std::string text = R"({"batch":3,"type":"a"})";
    BOOST_TEST((read(text).all().front().type() == "a"));
    BOOST_TEST((refusal(R"({"batch":{}})") == routing_errc::no_type));
    const std::string inner = R"({"batch":[{"type":"a","batch":[{"type":"b"}]}]})";
    BOOST_TEST(read(inner).all().size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_no_message_is_refused) {
    BOOST_TEST((refusal("{}") == routing_errc::no_type));
    BOOST_TEST((refusal(R"({"type":1})") == routing_errc::no_type));
    BOOST_TEST((refusal(R"({"type":null})") == routing_errc::no_type));
    BOOST_TEST((refusal(R"({"Type":"a"})") == routing_errc::no_type));
    BOOST_TEST((refusal(R"({"batch":[1]})") == routing_errc::no_type));
    BOOST_TEST((refusal(R"({"batch":[{"type":"a"},{}]})") == routing_errc::no_type));
    BOOST_TEST((refusal("[]") == errc::other_type));
    BOOST_TEST((refusal("\"ping\"") == errc::other_type));
    BOOST_TEST((refusal("") == errc::cut_off));
}

BOOST_AUTO_TEST_CASE(a_message_that_says_twice_what_it_is_is_refused) {
    for (const char* text :
         {R"({"type":"a","type":"b"})", R"({"type":"a","\u0074ype":"b"})",
          R"({"type":"a","batch":[]})", R"({"batch":[],"batch":[]})", R"({"type":1,"type":"b"})",
          R"({"type":"a","payload":1,"payload":2})", R"({"batch":[{"type":"a","type":"a"}]})"}) {
        BOOST_TEST((refusal(text) == routing_errc::ambiguous), text);
    }
}

BOOST_AUTO_TEST_CASE(broken_json_anywhere_is_refused_as_such) {
    BOOST_TEST((refusal(R"({"type":"ping"} x)") == errc::unexpected_character));
    BOOST_TEST((refusal(R"({"type":"ping","n":01})") == errc::bad_number));
    BOOST_TEST((refusal(R"({"type":"ping","payload":[1,}})") == errc::unexpected_character));
    BOOST_TEST((refusal(R"({"batch":[{"type":"a"},{"type":}]})") == errc::unexpected_character));
    BOOST_TEST((refusal(R"({"type":"a","type":"b")") == errc::cut_off), "before the ambiguity");
    const std::string whole = R"({"batch":[{"type":"a","payload":"x"}],"n":1})";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        BOOST_TEST((refusal(std::string_view(whole).substr(0, size)) == errc::cut_off));
    }
}

BOOST_AUTO_TEST_CASE(depth_keys_and_messages_are_limited) {
    const std::string deep =
        R"({"type":"a","payload":)" + std::string(64, '[') + std::string(64, ']') + "}";
    BOOST_TEST((refusal(deep) == errc::too_deep));
    envelope_limits few;
    few.json.max_keys(3);
    BOOST_TEST(!refusal(R"({"type":"a","b":1,"c":2})", few));
    BOOST_TEST((refusal(R"({"type":"a","b":1,"c":2,"d":3})", few) == errc::too_many_keys));
    few.max_batch = 2;
    few.json.max_keys(100);
    BOOST_TEST(!refusal(R"({"batch":[{"type":"a"},{"type":"b"}]})", few));
    BOOST_TEST((refusal(R"({"batch":[{"type":"a"},{"type":"b"},{"type":"c"}]})", few) ==
                routing_errc::batch_over_limit));
}

BOOST_AUTO_TEST_CASE(a_single_message_takes_nothing_from_the_heap) {
    const std::string text = R"({"type":"data","payload":{"a":[1,2,"some longer text in it"]}})";
    const weir::test::allocation_count count;
    for (int i = 0; i < 100; ++i) {
        if (!envelope_list::read(text)) BOOST_FAIL("it is a message");
    }
    BOOST_TEST(count.value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
