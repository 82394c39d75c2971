// SPDX-License-Identifier: Apache-2.0
// Each text is fed whole and in pieces: what comes out is the same.
#include "http/client/client_exchange.hpp"

#include <weir/http/client/client_error.hpp>
#include <weir/http/message/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace http = weir::http;
using http::exchange_action;

BOOST_AUTO_TEST_SUITE(client_exchange_test)

namespace {

const std::string crlf = "\r\n";

/// What is heard of one exchange: "proceed ", "200 ", the body, "." at its end, "|" what is left.
class listener {
public:
    explicit listener(bool is_head, unsigned max_interim = 4)
        : exchange_(http::request_limits(), max_interim) {
        exchange_.begin(is_head);
        exchange_.request_sent();
    }

    /// Returns false when nothing more may be fed.
    bool hear(weir::bytes& data) {
        for (;;) {
            const auto action = exchange_.feed(data);
            if (!action) return broke(action.error());
            if (*action == exchange_action::receive) return true;
            if (*action == exchange_action::complete) return end();
            if (*action == exchange_action::proceed) heard += "proceed ";
            if (*action == exchange_action::head) {
                heard += std::to_string(static_cast<int>(exchange_.head().code())) + " ";
            }
            if (*action == exchange_action::body) heard += weir::as_text(exchange_.piece());
        }
    }
    void hear_end() {
        const auto action = exchange_.end_of_stream();
        if (!action) {
            broke(action.error());
        } else {
            end();
        }
    }

    std::string heard;

private:
    bool broke(std::error_code why) {
        heard += "!" + why.message();
        return false;
    }
    bool end() {
        heard += exchange_.is_reusable() ? ". again" : ".";
        return false;
    }

    http::client_exchange exchange_;
};

std::string hear(std::string_view text, std::size_t piece, bool is_head, bool ends) {
    listener to(is_head);
    while (!text.empty()) {
        const std::string_view part = text.substr(0, piece);
        weir::bytes data = weir::as_bytes(part);
        const bool goes_on = to.hear(data);
        text.remove_prefix(part.size() - data.size());
        const bool is_broken = to.heard.find('!') != std::string::npos;
        if (!goes_on && (text.empty() || is_broken)) return to.heard;
        if (!goes_on) return to.heard + "|" + std::string(text);
    }
    weir::bytes nothing;
    if (to.hear(nothing) && ends) to.hear_end();
    return to.heard;
}

std::string hear(std::string_view text, bool is_head = false, bool ends = false) {
    const std::string whole = hear(text, text.size() + 1, is_head, ends);
    for (const std::size_t piece : {1U, 2U, 7U}) {
        BOOST_TEST(hear(text, piece, is_head, ends) == whole, text);
    }
    return whole;
}

/// The error of a response with these lines; nothing behind it may be used.
void check_refused(const std::string& lines) {
    listener to(false);
    const std::string text = lines + crlf + "5\r\nhello\r\n0\r\n\r\n";
    weir::bytes data = weir::as_bytes(text);
    to.hear(data);
    BOOST_TEST(to.heard.starts_with("!"), lines + " gave " + to.heard);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_counted_body_ends_where_it_was_told) {
    BOOST_TEST(hear("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") == "200 hello. again");
    BOOST_TEST(hear("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") == "200 . again");
    BOOST_TEST(hear("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel") == "200 hel");
}

BOOST_AUTO_TEST_CASE(a_chunked_body_ends_with_its_trailers) {
    const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    BOOST_TEST(hear(head + "5\r\nhello\r\n1;x=y\r\n?\r\n0\r\nA: b\r\n\r\n") == "200 hello?. again");
    BOOST_TEST(hear(head + "0\r\n\r\n") == "200 . again");
    BOOST_TEST(hear(head + "0\r\n") == "200 ");
}

BOOST_AUTO_TEST_CASE(an_uncounted_body_ends_with_the_stream) {
    BOOST_TEST(hear("HTTP/1.1 200 OK\r\n\r\nhello", false, true) == "200 hello.");
    BOOST_TEST(hear("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", false, true) == "200 .");
}

BOOST_AUTO_TEST_CASE(a_stream_that_ends_in_the_middle_has_cut_the_response_off) {
    const std::string early = "!" + make_error_code(http::errc::ended_early).message();
    BOOST_TEST(hear("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", false, true) ==
               "200 hel" + early);
    BOOST_TEST(hear("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", false, true) ==
               "200 " + early);
    BOOST_TEST(hear("HTTP/1.1 200", false, true) == early);
    BOOST_TEST(hear("HTTP/1.1 103 Hints\r\n\r\n", false, true) == early);
    BOOST_TEST(hear("", false, true) ==
               "!" + std::make_error_code(std::errc::connection_aborted).message());
}

BOOST_AUTO_TEST_CASE(some_responses_have_no_body_whatever_they_say) {
    BOOST_TEST(hear("HTTP/1.1 204 No\r\n\r\nX") == "204 . again|X");
    BOOST_TEST(hear("HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\n") == "304 . again");
    BOOST_TEST(hear("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true) == "200 . again");
    BOOST_TEST(hear("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", true) ==
               "200 . again");
    BOOST_TEST(hear("HTTP/1.1 200 OK\r\n\r\n", true) == "200 . again");
}

BOOST_AUTO_TEST_CASE(interim_responses_are_passed_over_up_to_a_limit) {
    const std::string hints = "HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n";
    const std::string final = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
    BOOST_TEST(hear(hints + hints + "HTTP/1.1 100 Continue\r\n\r\n" + final) ==
               "proceed 200 x. again");
    BOOST_TEST(hear(hints + hints + hints + hints + hints + final)
                   .starts_with("!limit passed: max_interim_responses"));
}

BOOST_AUTO_TEST_CASE(an_upgrade_that_nobody_asked_for_is_refused) {
    check_refused("HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n");
}

BOOST_AUTO_TEST_CASE(a_connection_is_used_again_only_where_both_sides_say_so) {
    BOOST_TEST(hear("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n") ==
               "200 .");
    BOOST_TEST(hear("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n") == "200 .");
    BOOST_TEST(hear("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n") ==
               "200 . again");
    http::client_exchange unsent(http::request_limits(), 1);
    unsent.begin(false);
    weir::bytes data = weir::as_bytes("HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n");
    BOOST_TEST((unsent.feed(data).value() == exchange_action::head));
    BOOST_TEST(unsent.is_complete());
    BOOST_TEST(!unsent.is_reusable());
}

BOOST_AUTO_TEST_CASE(a_response_that_could_be_counted_in_two_ways_is_refused) {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    for (const char* fields :
         {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
          "Content-Length: 5\r\nContent-Length: 5\r\n", "Content-Length: 5, 5\r\n",
          "Content-Length: +5\r\n", "Content-Length: 0x5\r\n", "Content-Length: \r\n",
          "Content-Length: 99999999999999999999\r\n", "Transfer-Encoding: gzip, chunked\r\n",
          "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding : chunked\r\n",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"}) {
        check_refused(ok + fields);
    }
    check_refused("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n");
    check_refused("HTTP/1.1 103 Hints\r\nContent-Length: 5\r\n");
    check_refused("HTTP/1.1 103 Hints\r\nTransfer-Encoding: chunked\r\n");
}

BOOST_AUTO_TEST_CASE(a_head_that_could_be_split_in_two_ways_is_refused) {
    for (const char* text :
         {"\r\nHTTP/1.1 200 OK\r\n", "\nHTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\nX: y\r\n",
          "HTTP/1.1 200 OK\r\nX: y\n", "HTTP/1.1 200 OK\r\nX: y\rZ: z\r\n",
          "HTTP/1.1 200 OK\r\nX: y\r\n z\r\n", "HTTP/1.1 200 OK\r\nX : y\r\n",
          "HTTP/1.1 200 OK\r\n: y\r\n", "HTTP/1.1 200 OK\r\nXy\r\n", "HTTP/2.0 200 OK\r\n",
          "HTTP/1.2 200 OK\r\n", "ICY 200 OK\r\n", "HTTP/1.1 600 OK\r\n"}) {
        check_refused(text);
    }
}

BOOST_AUTO_TEST_CASE(a_bad_chunk_is_refused) {
    const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const char* chunks : {"g\r\n", "-1\r\n", "0x1\r\nx\r\n", " 1\r\nx\r\n", "1\nx\r\n",
                               "1\r\nxy\r\n", "\r\n", "ffffffffffffffff1\r\n"}) {
        BOOST_TEST(hear(head + chunks).find('!') != std::string::npos, chunks);
    }
}

BOOST_AUTO_TEST_CASE(the_limits_of_a_head_are_named) {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    BOOST_TEST(hear(ok + "X: " + std::string(20'000, 'x') + "\r\n\r\n")
                   .starts_with("!limit passed: max_headers_bytes"));
    std::string many = ok;
    for (int i = 0; i < 101; ++i) many += "X: y\r\n";
    BOOST_TEST(hear(many + crlf).starts_with("!limit passed: max_header_count"));
}

BOOST_AUTO_TEST_CASE(a_request_is_lost_unheard_only_while_no_byte_has_come) {
    http::client_exchange exchange(http::request_limits(), 1);
    exchange.begin(false);
    BOOST_TEST(!exchange.end_of_stream().has_value());
    BOOST_TEST(!exchange.has_response());
    for (const char* text : {"H", "HTTP/1.1 103 Hints\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"}) {
        exchange.begin(false);
        BOOST_TEST(!exchange.has_response());
        weir::bytes data = weir::as_bytes(text);
        BOOST_TEST(exchange.feed(data).has_value());
        BOOST_TEST(exchange.has_response(), text);
    }
}

BOOST_AUTO_TEST_CASE(what_broke_stays_broken) {
    http::client_exchange exchange(http::request_limits(), 1);
    exchange.begin(false);
    weir::bytes data = weir::as_bytes("bad\r\n");
    const auto first = exchange.feed(data);
    BOOST_TEST(!first.has_value());
    weir::bytes good = weir::as_bytes("HTTP/1.1 204 No\r\n\r\n");
    const auto second = exchange.feed(good);
    BOOST_TEST((!second && second.error() == first.error()));
    BOOST_TEST(!exchange.end_of_stream().has_value());
    exchange.begin(false);
    BOOST_TEST(exchange.feed(good).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
