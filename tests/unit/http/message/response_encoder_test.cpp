// SPDX-License-Identifier: Apache-2.0
#include "http/message/response_encoder.hpp"

#include <boost/test/unit_test.hpp>

#include <weir/http/message/error.hpp>

#include <string>

namespace http = weir::http;
using http::body_framing;
using http::status;
using http::version;

BOOST_AUTO_TEST_SUITE(response_encoder_test)

BOOST_AUTO_TEST_CASE(a_body_of_unknown_length_is_chunked_only_for_those_who_know_chunks) {
    BOOST_TEST((http::framing_for(version::http_1_1, status::ok, 3) == body_framing::counted));
    BOOST_TEST((http::framing_for(version::http_1_0, status::ok, 0) == body_framing::counted));
    BOOST_TEST(
        (http::framing_for(version::http_1_1, status::ok, std::nullopt) == body_framing::chunked));
    BOOST_TEST((http::framing_for(version::http_1_0, status::ok, std::nullopt) ==
                body_framing::until_close));
}

BOOST_AUTO_TEST_CASE(a_status_without_a_body_tells_no_length) {
    for (const auto code : {status::no_content, status::not_modified, status::continue_}) {
        BOOST_TEST((http::framing_for(version::http_1_1, code, 5) == body_framing::none));
        BOOST_TEST(
            (http::framing_for(version::http_1_0, code, std::nullopt) == body_framing::none));
    }
    std::string out;
    http::append_framing(out, body_framing::none, 5);
    BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(a_head_is_what_the_parts_append) {
    http::headers fields;
    BOOST_REQUIRE(fields.add("Server", "weir"));
    std::string out;
    http::append_status_line(out, status::not_found);
    BOOST_REQUIRE(http::append_fields(out, fields));
    http::append_framing(out, body_framing::counted, 18446744073709551615U);
    http::append_end(out, "now", http::connection_note::close);
    BOOST_TEST(out ==
               "HTTP/1.1 404 Not Found\r\nServer: weir\r\nContent-Length: 18446744073709551615\r\n"
               "Date: now\r\nConnection: close\r\n\r\n");
    out.clear();
    http::append_status_line(out, status::ok);
    http::append_framing(out, body_framing::chunked, 0);
    http::append_end(out, "now", http::connection_note::nothing);
    BOOST_TEST(out == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nDate: now\r\n\r\n");
    out.clear();
    http::append_end(out, "now", http::connection_note::keep_alive);
    BOOST_TEST(out == "Date: now\r\nConnection: keep-alive\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(fields_that_would_change_the_framing_are_refused_in_any_case) {
    for (const char* name : {"Content-Length", "content-length", "TRANSFER-ENCODING", "connection",
                             "Keep-Alive", "date"}) {
        http::headers fields;
        BOOST_REQUIRE(fields.add("X", "y"));
        BOOST_REQUIRE(fields.add(name, "5"));
        std::string out;
        const auto refused = http::append_fields(out, fields);
        BOOST_REQUIRE(!refused);
        BOOST_TEST((refused.error() == http::errc::reserved_header));
        BOOST_TEST(out.empty());
    }
    BOOST_TEST(!http::is_reserved_header("Etag"));
    BOOST_TEST(!http::is_reserved_header("X-Connection"));
}

BOOST_AUTO_TEST_CASE(chunks_are_sized_in_hexadecimal_and_end_with_the_trailers) {
    std::string out;
    http::append_chunk_size(out, 26);
    BOOST_TEST(out == "1a\r\n");
    out.clear();
    http::headers trailers;
    http::append_last_chunk(out, trailers);
    BOOST_TEST(out == "0\r\n\r\n");
    out.clear();
    BOOST_REQUIRE(trailers.add("Digest", "x"));
    http::append_last_chunk(out, trailers);
    BOOST_TEST(out == "0\r\nDigest: x\r\n\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
