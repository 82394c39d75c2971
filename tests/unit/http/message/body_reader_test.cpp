// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/detail/body_reader.hpp>

#include <boost/test/unit_test.hpp>

#include <weir/http/message/error.hpp>

#include <string>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(body_reader_test)

namespace {

http::detail::body_reader of_length(std::uint64_t length) {
    http::detail::body_reader made;
    made.expect(length);
    return made;
}
http::detail::body_reader chunked(const http::request_limits& limits) {
    http::detail::body_reader made;
    made.expect_chunks(limits);
    return made;
}

/// The body, or the name of the error; gives the bytes one by one or all at once.
std::string read(http::detail::body_reader reader, std::string_view text, bool bytewise) {
    std::string body;
    while (!text.empty() && !reader.is_complete()) {
        weir::bytes data = weir::as_bytes(bytewise ? text.substr(0, 1) : text);
        const std::size_t before = data.size();
        if (auto fine = reader.feed(data, body); !fine) return "!" + fine.error().message();
        text.remove_prefix(before - data.size());
    }
    return (reader.is_complete() ? "" : "?") + body + "|" + std::string(text);
}

void check_chunked(std::string_view text, const std::string& expected, std::size_t max = 100) {
    const auto limits = http::request_limits().max_body_bytes(max);
    BOOST_TEST(read(chunked(limits), text, false) == expected);
    BOOST_TEST(read(chunked(limits), text, true) == expected);
}

const std::string bad_chunk = "!" + make_error_code(http::errc::bad_chunk).message();

}  // namespace

BOOST_AUTO_TEST_CASE(a_counted_body_takes_exactly_its_length) {
    BOOST_TEST(read(of_length(3), "abcdef", false) == "abc|def");
    BOOST_TEST(read(of_length(3), "abcdef", true) == "abc|def");
    BOOST_TEST(of_length(0).is_complete());
    BOOST_TEST(http::detail::body_reader().is_complete());
}

BOOST_AUTO_TEST_CASE(chunks_extensions_and_trailers_are_read_up_to_the_last_line) {
    check_chunked("3\r\nabc\r\n0a;x=y\r\n0123456789\r\n0\r\n\r\nnext", "abc0123456789|next");
    check_chunked("1\r\na\r\n0\r\nT: v\r\nU: w\r\n\r\n", "a|");
    check_chunked("1\r\na\r\n0\r\nT: v\r\n", "?a|");
}

BOOST_AUTO_TEST_CASE(every_oddity_in_the_framing_of_chunks_is_refused) {
    for (const std::string_view text :
         {"\r\n", "g\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", " 1\r\n", "1 \r\n", "1\na\r\n",
          "1\r\nab\r\n", "1\r\na0\r\n", "1\r\na\n0", "1\rx", ";x\r\n", "0\r\nT: v\n",
          "0000000000000001\r\n", "1;x\ny"}) {
        check_chunked(text, bad_chunk);
    }
    check_chunked("0\r\nT: v\r\n folded\r\n",
                  "!" + make_error_code(http::errc::folded_header).message());
}

BOOST_AUTO_TEST_CASE(the_body_limit_counts_all_chunks) {
    check_chunked("2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", "abc|", 3);
    check_chunked("2\r\nab\r\n2\r\n", "!" + make_error_code(http::errc::body_over_limit).message(),
                  3);
    check_chunked("fffffffffffffff\r\n",
                  "!" + make_error_code(http::errc::body_over_limit).message(), 3);
}

BOOST_AUTO_TEST_CASE(extensions_and_trailers_are_limited) {
    check_chunked("1;" + std::string(5000, 'x'),
                  "!" + make_error_code(http::errc::chunk_extensions_over_limit).message());
    check_chunked("0\r\nT:" + std::string(9000, 'x'),
                  "!" + make_error_code(http::errc::trailers_over_limit).message());
}

BOOST_AUTO_TEST_CASE(a_limit_counts_the_extensions_of_all_chunks) {
    const auto limits =
        http::request_limits().max_body_bytes(9).max_chunk_extension_bytes(4).max_trailer_bytes(4);
    const std::string over =
        "!" + make_error_code(http::errc::chunk_extensions_over_limit).message();
    const auto fresh = chunked(limits);
    BOOST_TEST(read(fresh, "1;xx\r\na\r\n1;yy\r\nb\r\n0\r\n\r\n", true) == "ab|");
    BOOST_TEST(read(fresh, "1;xx\r\na\r\n1;yyy\r\n", true) == over);
    BOOST_TEST(read(fresh, "0\r\na:bc\r\n\r\n", true) == "|");
}

BOOST_AUTO_TEST_CASE(trailers_are_kept_apart_and_checked_like_headers) {
    auto reader = chunked(http::request_limits());
    weir::bytes data = weir::as_bytes("0\r\nDigest:  x=1 \r\nContent-Length: 5\r\n\r\n");
    std::string body;
    BOOST_REQUIRE(reader.feed(data, body));
    BOOST_TEST(reader.trailers().size() == 2U);
    BOOST_TEST((reader.trailers().find("digest") == std::string_view("x=1")));
    const std::string bad_name = "!" + make_error_code(http::errc::bad_header_name).message();
    check_chunked("0\r\nno colon\r\n\r\n", bad_name);
    check_chunked("0\r\nname : v\r\n\r\n", bad_name);
    check_chunked("0\r\n: v\r\n\r\n", bad_name);
    check_chunked("0\r\nT: a\x01\r\n",
                  "!" + make_error_code(http::errc::bad_header_value).message());
}

BOOST_AUTO_TEST_CASE(runs_of_body_bytes_are_parts_of_what_was_fed) {
    auto reader = chunked(http::request_limits().max_body_bytes(9));
    const std::string_view text = "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nnext";
    weir::bytes data = weir::as_bytes(text);
    const auto first = reader.next(data);
    BOOST_REQUIRE(first.has_value());
    BOOST_TEST(static_cast<const void*>(first->data()) == text.data() + 3);
    BOOST_TEST(first->size() == 3U);
    const auto second = reader.next(data);
    BOOST_REQUIRE(second.has_value());
    BOOST_TEST(weir::as_text(*second) == "de");
    const auto end = reader.next(data);
    BOOST_REQUIRE(end.has_value());
    BOOST_TEST(end->empty());
    BOOST_TEST(reader.is_complete());
    BOOST_TEST(weir::as_text(data) == "next");
}

BOOST_AUTO_TEST_CASE(one_body_follows_another_and_keeps_nothing_of_it) {
    http::detail::body_reader reader;
    BOOST_TEST(reader.is_complete());
    const auto limits = http::request_limits().max_body_bytes(10);
    for (const std::string_view text : {"3\r\nabc\r\n0\r\nT: v\r\n\r\n", "2\r\nab"}) {
        reader.expect_chunks(limits);
        BOOST_TEST(reader.trailers().empty());
        std::string body;
        weir::bytes data = weir::as_bytes(text);
        BOOST_REQUIRE(reader.feed(data, body).has_value());
        BOOST_TEST(body.starts_with("ab"));
    }
    BOOST_TEST(!reader.is_complete());
    reader.expect(0);
    BOOST_TEST(reader.is_complete());
    BOOST_TEST(reader.trailers().empty());
    reader.expect(1);
    BOOST_TEST(reader.bytes_left() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
