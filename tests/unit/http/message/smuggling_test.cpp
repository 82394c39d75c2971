// SPDX-License-Identifier: Apache-2.0
// Requests that two servers could read as different ones, of our own making after RFC 9112 5 to 7
// and 11: each is refused, whatever pieces it comes in, and what it carries is never a request.
#include "http/message/request_head_parser.hpp"

#include "../server/http_peers.hpp"
#include "co_test.hpp"

#include <weir/http/message/detail/body_reader.hpp>
#include <weir/http/message/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace http = weir::http;
using namespace weir::http::test;

BOOST_AUTO_TEST_SUITE(smuggling_test)

namespace {

const std::string inner = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

std::string post(const std::string& fields, const std::string& body = inner) {
    return "POST /outer HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
}

std::string chunked(const std::string& body) {
    return post("Transfer-Encoding: chunked\r\n", body);
}

std::string nul() { return std::string(1, '\0'); }

/// Both ways of telling the length, or one of them twice; codings that are not `chunked`, once,
/// last and alone (6.1, 6.3).
std::vector<std::string> odd_framings() {
    return {
        post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + inner),
        post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n" + inner),
        post("Content-Length: 0\r\nContent-Length: 35\r\n"),
        post("Content-Length: 35\r\nContent-Length: 35\r\n"),
        post("Content-Length: 0\r\ncontent-length: 35\r\n"),
        post("Content-Length: 35, 35\r\n"),
        post("Content-Length: 0,35\r\n"),
        post("Content-Length: +35\r\n"),
        post("Content-Length: -35\r\n"),
        post("Content-Length: 0x23\r\n"),
        post("Content-Length: 3 5\r\n"),
        post("Content-Length: 35;a\r\n"),
        post("Content-Length: \"35\"\r\n"),
        post("Content-Length: 35.0\r\n"),
        post("Content-Length:\r\n"),
        post("Content-Length: 18446744073709551651\r\n"),
        post("Content-Length: \v35\r\n"),
        post("Transfer-Encoding: identity\r\n"),
        post("Transfer-Encoding: gzip, chunked\r\n"),
        post("Transfer-Encoding: chunked, identity\r\n"),
        post("Transfer-Encoding: chunked, chunked\r\n"),
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
        post("Transfer-Encoding: chunked\r\ntransfer-encoding: chunked\r\n"),
        post("Transfer-Encoding: xchunked\r\n"),
        post("Transfer-Encoding: chunkedx\r\n"),
        post("Transfer-Encoding: chunked;q=1\r\n"),
        post("Transfer-Encoding: \"chunked\"\r\n"),
        post("Transfer-Encoding: , chunked\r\n"),
        post("Transfer-Encoding: chunked,\r\n"),
        post("Transfer-Encoding:\r\n"),
        post("Transfer-Encoding: \vchunked\r\n"),
        post("Transfer-Encoding: chunked\v\r\n"),
        "POST /outer HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
    };
}

/// Fields and lines that end at another place.
std::vector<std::string> odd_lines() {
    return {
        // 5.1: names that end at another place.
        post("Content-Length : 35\r\n"),
        post("Transfer-Encoding : chunked\r\n"),
        post("Transfer-Encoding\t: chunked\r\n"),
        post(" Transfer-Encoding: chunked\r\n"),
        post("\tContent-Length: 35\r\n"),
        post("Content-Length\r\n"),
        post(": 35\r\n"),
        post("Content Length: 35\r\n"),
        post("Content-Length" + nul() + ": 35\r\n"),
        post("Content-Length\x80: 35\r\n"),
        post("X(: y\r\n"),
        // 5.2: folded lines.
        post("X: y\r\n Transfer-Encoding: chunked\r\n"),
        post("Transfer-Encoding:\r\n chunked\r\n"),
        post("Content-Length: 3\r\n\t5\r\n"),
        // 2.2, 5.5, 11.2: line ends and bytes that are none of a value.
        post("X: y\nTransfer-Encoding: chunked\r\n"),
        post("X: y\rTransfer-Encoding: chunked\r\n"),
        post("X: y\r\rTransfer-Encoding: chunked\r\n"),
        post("X: y\n\rTransfer-Encoding: chunked\r\n"),
        post("X: y" + nul() + "\r\n"),
        post("X: y\x01\r\n"),
        post("X: y\x7f\r\n"),
        "POST /outer HTTP/1.1\nHost: h\r\nContent-Length: 35\r\n\r\n" + inner,
        "POST /outer HTTP/1.1\r\nHost: h\r\nContent-Length: 35\r\n\n" + inner,
        "POST /outer HTTP/1.1\r\nHost: h\r\nContent-Length: 35\n\n" + inner,
        "\r\n\r\nPOST /outer HTTP/1.1\r\nHost: h\r\n\r\n" + inner,
        "\nPOST /outer HTTP/1.1\r\nHost: h\r\n\r\n" + inner,
    };
}

/// Request lines that are none.
std::vector<std::string> odd_requests() {
    return {
        // 3: the request line.
        "POST  /outer HTTP/1.1\r\nHost: h\r\n\r\n" + inner,
        "POST /outer  HTTP/1.1\r\nHost: h\r\n\r\n" + inner,
        "POST /outer HTTP/1.1 \r\nHost: h\r\n\r\n" + inner,
        " POST /outer HTTP/1.1\r\nHost: h\r\n\r\n" + inner,
        "POST\t/outer HTTP/1.1\r\nHost: h\r\n\r\n" + inner,
        "POST /ou ter HTTP/1.1\r\nHost: h\r\n\r\n" + inner,
        "POST /outer HTTP/1.1" + nul() + "\r\nHost: h\r\n\r\n" + inner,
        "POST /outer HTTP/11\r\nHost: h\r\n\r\n" + inner,
        "POST /outer HTTP/1.10\r\nHost: h\r\n\r\n" + inner,
        "POST /outer HTTP/+1.1\r\nHost: h\r\n\r\n" + inner,
        "POST /outer hTTP/1.1\r\nHost: h\r\n\r\n" + inner,
        "POST /outer\r\nHost: h\r\n\r\n" + inner,
        "POST /outer\x80 HTTP/1.1\r\nHost: h\r\n\r\n" + inner,
        // 3.2: whose request it is.
        "POST /outer HTTP/1.1\r\nContent-Length: 0\r\n\r\n" + inner,
        post("Host: other\r\n"),
    };
}

/// Bodies that end at another place.
std::vector<std::string> odd_chunks() {
    return {
        // 7.1: where a chunk ends.
        chunked("0x1\r\na\r\n0\r\n\r\n" + inner),
        chunked("+1\r\na\r\n0\r\n\r\n" + inner),
        chunked("-1\r\na\r\n0\r\n\r\n" + inner),
        chunked(" 1\r\na\r\n0\r\n\r\n" + inner),
        chunked("1 \r\na\r\n0\r\n\r\n" + inner),
        chunked("1\t\r\na\r\n0\r\n\r\n" + inner),
        chunked("1\na\r\n0\r\n\r\n" + inner),
        chunked("1\ra\r\n0\r\n\r\n" + inner),
        chunked("1\r\na\n0\r\n\r\n" + inner),
        chunked("1\r\nab\r\n0\r\n\r\n" + inner),
        chunked("1\r\na0\r\n\r\n" + inner),
        chunked("\r\n1\r\na\r\n0\r\n\r\n" + inner),
        chunked("1\r\na\r\n\r\n0\r\n\r\n" + inner),
        chunked("1;x\n\r\na\r\n0\r\n\r\n" + inner),
        chunked("1;x\ry\r\na\r\n0\r\n\r\n" + inner),
        chunked("1;" + nul() + "\r\na\r\n0\r\n\r\n" + inner),
        chunked("10000000000000001\r\na\r\n0\r\n\r\n" + inner),
        chunked("g\r\na\r\n0\r\n\r\n" + inner),
        chunked(";x\r\na\r\n0\r\n\r\n" + inner),
        chunked("0\n\r\n" + inner),
        chunked("0\r\n\n" + inner),
        // 7.1.2: trailers.
        chunked("0\r\nX: y\n\r\n" + inner),
        chunked("0\r\nX: y\r\n z\r\n\r\n" + inner),
        chunked("0\r\nX : y\r\n\r\n" + inner),
        chunked("0\r\nno colon\r\n\r\n" + inner),
        chunked("0\r\n" + inner.substr(0, 22) + "\r\n\r\n" + inner),
    };
}

/// Each would be two requests to some parser, or end at another place.
std::vector<std::string> corpus() {
    std::vector<std::string> all;
    for (auto part : {odd_framings(), odd_lines(), odd_requests(), odd_chunks()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

std::string shown(std::string_view text) { return http::escaped(text, 300); }

/// Reads requests as a server does; gives the targets of those that were whole, and how it ended.
class reading {
public:
    void feed(std::string_view piece) {
        weir::bytes data = weir::as_bytes(piece);
        while (!data.empty() && !error_) {
            if (!in_body_) {
                const auto is_whole = parser_.feed(data, head_);
                if (!is_whole) error_ = is_whole.error();
                if (!is_whole || !*is_whole) continue;
                parser_.expect_body(body_);
                parser_.restart();
                in_body_ = true;
            }
            if (!body_.is_complete()) {
                const auto run = body_.next(data);
                if (!run) error_ = run.error();
            }
            if (!error_ && body_.is_complete()) {
                targets_.push_back(head_.target());
                in_body_ = false;
            }
        }
    }
    [[nodiscard]] const std::vector<std::string>& targets() const noexcept { return targets_; }
    [[nodiscard]] std::error_code error() const noexcept { return error_; }

private:
    http::request_head_parser parser_{http::request_limits().max_body_bytes(1000)};
    http::request head_;
    http::detail::body_reader body_;
    std::vector<std::string> targets_;
    std::error_code error_;
    bool in_body_ = false;
};

}  // namespace

BOOST_AUTO_TEST_CASE(each_is_refused_alike_in_every_split_and_none_is_a_request) {
    for (const std::string& text : corpus()) {
        reading whole;
        whole.feed(text);
        BOOST_TEST_CONTEXT(shown(text)) {
            BOOST_TEST((whole.error().category() == http::category()));
            BOOST_TEST(whole.targets().empty());
            for (std::size_t at = 1; at < text.size(); ++at) {
                reading split;
                split.feed(std::string_view(text).substr(0, at));
                split.feed(std::string_view(text).substr(at));
                BOOST_REQUIRE((split.error() == whole.error()));
                BOOST_REQUIRE(split.targets().empty());
            }
            reading bytewise;
            for (const char& each : text) bytewise.feed(std::string_view(&each, 1));
            BOOST_TEST((bytewise.error() == whole.error()));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_innocent_relatives_of_these_are_read) {
    for (const std::string& text :
         {post("Content-Length: 0\r\n"), post("Content-Length:0\r\n"), chunked("0\r\n\r\n" + inner),
          chunked("01;a=\"b\"\r\nx\r\n000\r\nX: y\r\n\r\n" + inner),
          post("transfer-encoding:\tCHUNKED \r\n", "0\r\n\r\n" + inner), "\r\n" + inner + inner,
          post("Content-Length: 35\r\n") + inner + inner}) {
        reading whole;
        whole.feed(text);
        BOOST_TEST_CONTEXT(shown(text)) {
            BOOST_TEST(!whole.error());
            BOOST_TEST(whole.targets().size() >= 2U);
        }
    }
}

CO_TEST(a_server_answers_each_with_one_refusal_and_closes) {
    for (const std::string& text : corpus()) {
        const auto heard = co_await converse(echo_it, waiting_after(text));
        CO_CHECK(heard.starts_with("HTTP/1.1 4") || heard.starts_with("HTTP/1.1 505"));
        CO_CHECK_EQUAL(times(heard, "HTTP/1.1 "), 1U);
        CO_CHECK_EQUAL(times(heard, "Connection: close\r\n"), 1U);
        CO_CHECK_EQUAL(times(heard, "smuggled"), 0U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
