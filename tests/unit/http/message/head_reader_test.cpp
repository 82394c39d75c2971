// SPDX-License-Identifier: Apache-2.0
// head_reader: one head after another in any split, while the memory of each part goes away. What
// is refused is tested through the parsers of requests and responses.
#include "http/message/head_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <weir/http/message/error.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(head_reader_test)

namespace {

const std::string_view text = "\r\nPOST /a/b?c=d HTTP/1.1\r\nHost: h\r\nA-Name: its value\r\n\r\n";

/// Feeds `data` from memory that is overwritten afterwards.
weir::result<bool> feed(http::head_reader& reader, std::string_view data, http::headers& fields) {
    std::vector<char> memory(data.begin(), data.end());
    weir::bytes rest = std::as_bytes(std::span(memory));
    auto outcome = reader.feed(rest, http::request_limits(), fields);
    if (outcome && *outcome) return outcome;  // what is complete refers to it
    std::fill(memory.begin(), memory.end(), '#');
    return outcome;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_head_may_be_cut_anywhere) {
    http::head_reader reader(HTTP_REQUEST);
    http::headers fields;
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
        reader.restart();
        const auto first = feed(reader, text.substr(0, cut), fields);
        BOOST_TEST((first && !*first));
        const std::string end(text.substr(cut));
        weir::bytes rest = weir::as_bytes(end);
        const auto second = reader.feed(rest, http::request_limits(), fields);
        BOOST_REQUIRE((second && *second));
        BOOST_TEST(rest.empty());
        BOOST_TEST(reader.method() == "POST");
        BOOST_TEST(reader.first_line() == "POST /a/b?c=d HTTP/1.1");
        BOOST_TEST(fields.size() == 2U);
        BOOST_TEST((fields.find("Host") == std::string_view("h")));
        BOOST_TEST((fields.find("A-Name") == std::string_view("its value")));
    }
}

BOOST_AUTO_TEST_CASE(a_head_may_come_byte_by_byte) {
    http::head_reader reader(HTTP_REQUEST);
    http::headers fields;
    static_cast<void>(fields.add("Of", "another"));
    for (const char c : text.substr(0, text.size() - 1)) {
        const auto outcome = feed(reader, std::string_view(&c, 1), fields);
        BOOST_REQUIRE((outcome && !*outcome));
    }
    weir::bytes last = weir::as_bytes("\n");
    BOOST_TEST(reader.feed(last, http::request_limits(), fields).value());
    BOOST_TEST(reader.first_line() == "POST /a/b?c=d HTTP/1.1");
    BOOST_TEST(fields.size() == 2U);
    BOOST_TEST((fields.find("A-Name") == std::string_view("its value")));
}

BOOST_AUTO_TEST_SUITE_END()
