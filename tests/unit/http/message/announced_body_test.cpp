// SPDX-License-Identifier: Apache-2.0
#include "http/message/announced_body.hpp"

#include <weir/http/message/error.hpp>

#include <boost/test/unit_test.hpp>

#include <initializer_list>
#include <string>
#include <utility>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(announced_body_test)

namespace {

using field = std::pair<const char*, const char*>;

std::string announced(std::initializer_list<field> fields,
                      http::version version = http::version::http_1_1) {
    http::headers all;
    for (const auto& [name, value] : fields) BOOST_REQUIRE(all.add(name, value));
    const auto found = http::announced_body::of(all, version);
    if (!found) return found.error() == http::errc::ambiguous_length ? "ambiguous" : "encoding";
    if (found->is_chunked) return "chunked";
    return found->length ? std::to_string(*found->length) : "nothing";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_body_is_counted_chunked_or_not_announced) {
    BOOST_TEST(announced({}) == "nothing");
    BOOST_TEST(announced({{"content-length", "0"}}) == "0");
    BOOST_TEST(announced({{"Content-Length", "9223372036854775807"}}) == "9223372036854775807");
    BOOST_TEST(announced({{"Transfer-Encoding", "Chunked"}}) == "chunked");
}

BOOST_AUTO_TEST_CASE(a_length_that_could_be_read_in_two_ways_is_refused) {
    for (const char* bad : {"+1", "-1", "1 1", "1,1", "0x1", "", "1a", "9223372036854775808"})
        BOOST_TEST(announced({{"Content-Length", bad}}) == "ambiguous", bad);
    BOOST_TEST(announced({{"Content-Length", "1"}, {"Content-Length", "1"}}) == "ambiguous");
    BOOST_TEST(announced({{"Content-Length", "1"}, {"Transfer-Encoding", "chunked"}}) ==
               "ambiguous");
}

BOOST_AUTO_TEST_CASE(no_other_encoding_than_chunked_is_taken) {
    for (const char* bad :
         {"gzip", "gzip, chunked", "chunked, chunked", "identity", "xchunked", ""})
        BOOST_TEST(announced({{"Transfer-Encoding", bad}}) == "encoding", bad);
    BOOST_TEST(announced({{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}) ==
               "encoding");
    BOOST_TEST(announced({{"Transfer-Encoding", "chunked"}}, http::version::http_1_0) ==
               "encoding");
}

BOOST_AUTO_TEST_SUITE_END()
