// SPDX-License-Identifier: Apache-2.0
#include <weir/http/events/event_stream.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(event_stream_test)

namespace {

using namespace std::chrono_literals;

std::string text_of(const weir::send_buffer& buffer) {
    return std::string(weir::as_text(buffer.view()));
}

std::string formatted(std::string data) {
    return text_of(http::format_event(http::server_event(std::move(data))));
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_event_ends_with_an_empty_line) {
    BOOST_TEST(formatted("hello") == "data: hello\n\n");
    BOOST_TEST(text_of(http::format_event(http::server_event("12").type("tick").id("7"))) ==
               "event: tick\nid: 7\ndata: 12\n\n");
}

BOOST_AUTO_TEST_CASE(no_text_can_make_fields_or_events_of_its_own) {
    BOOST_TEST(formatted("a\nid: 9\n\nevent: x") ==
               "data: a\ndata: id: 9\ndata: \ndata: event: x\n\n");
    BOOST_TEST(formatted("a\rb\r\nc") == "data: a\ndata: b\ndata: c\n\n");
    BOOST_TEST(formatted("a\n") == "data: a\ndata: \n\n");
    BOOST_TEST(formatted("\n\r") == "data: \ndata: \ndata: \n\n");
}

BOOST_AUTO_TEST_CASE(an_event_without_data_has_an_empty_line_of_data) {
    BOOST_TEST(formatted("") == "data: \n\n");  // without any, a reader would drop it
}

BOOST_AUTO_TEST_CASE(a_leading_space_and_a_colon_survive) {
    BOOST_TEST(formatted(" a: b") == "data:  a: b\n\n");
}

BOOST_AUTO_TEST_CASE(an_empty_id_makes_the_reader_forget) {
    BOOST_TEST(text_of(http::format_event(http::server_event("x").id(""))) == "id: \ndata: x\n\n");
}

BOOST_AUTO_TEST_CASE(waits_and_heartbeats_are_no_events) {
    BOOST_TEST(text_of(http::format_retry(3s)) == "retry: 3000\n\n");
    BOOST_TEST(text_of(http::format_retry(-1s)) == "retry: 0\n\n");
    BOOST_TEST(text_of(http::format_heartbeat()) == ":\n\n");
}

BOOST_AUTO_TEST_CASE(nobody_may_keep_or_transform_a_stream) {
    const auto head = http::event_stream_head();
    BOOST_TEST(*head.headers().find("Content-Type") == "text/event-stream");
    BOOST_TEST(head.headers().has_token("Cache-Control", "no-cache"));
    BOOST_TEST(head.headers().has_token("Cache-Control", "no-transform"));
}

BOOST_AUTO_TEST_SUITE_END()
