// SPDX-License-Identifier: Apache-2.0
// request_reader: one request after the other, whatever the pieces, and a clear end.
#include "streams.hpp"

#include "io/receive_buffers.hpp"

#include <weir/http/message/error.hpp>
#include <weir/http/message/request_reader.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace std::chrono_literals;
using weir::as_bytes;
using weir::http::request_reader;
using weir::test::error_of;
using weir::test::must;

BOOST_AUTO_TEST_SUITE(request_reader_test)

namespace {

const std::string first_request = "GET /one HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string second_request = "GET /two HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";

weir::task<> say(weir::net::stream_socket& to, std::string data) {
    static_cast<void>(co_await to.send_copy(as_bytes(data)));
    co_await weir::test::turns(2);
}

weir::task<> pipelined_requests() {
    auto pair = co_await weir::test::tcp_streams::connect();
    co_await say(pair.b, first_request + second_request + first_request.substr(0, 5));
    request_reader reader(pair.a);
    const auto one = must(co_await reader.next());
    BOOST_REQUIRE(one.has_value());
    BOOST_TEST(one->target() == "/one");
    const auto two = must(co_await reader.next());
    BOOST_REQUIRE(two.has_value());
    BOOST_TEST(two->target() == "/two");
    co_await say(pair.b, first_request.substr(5));
    const auto three = must(co_await reader.next());
    BOOST_REQUIRE(three.has_value());
    BOOST_TEST(three->target() == "/one");
}

weir::task<> requests_byte_by_byte() {
    auto pair = co_await weir::test::tcp_streams::connect();
    request_reader reader(pair.a);
    std::size_t waits = 0;
    for (const char each : first_request) {
        const auto early = co_await weir::with_timeout(0ns, reader.next());
        BOOST_TEST((error_of(early) == std::errc::timed_out));
        ++waits;
        co_await say(pair.b, std::string(1, each));
    }
    const auto whole = co_await reader.next();
    BOOST_REQUIRE((whole.has_value() && whole->has_value()));
    BOOST_TEST((*whole)->target() == "/one");
    BOOST_TEST(waits == first_request.size());
}

weir::task<> ends_of_the_connection() {
    for (const std::size_t size : {std::size_t{0}, first_request.size()}) {
        auto pair = co_await weir::test::tcp_streams::connect();
        co_await say(pair.b, first_request.substr(0, size));
        static_cast<void>(co_await pair.b.close());
        request_reader reader(pair.a);
        if (size != 0) {
            const auto one = must(co_await reader.next());
            BOOST_TEST(one.has_value());
        }
        const auto end = co_await reader.next();
        BOOST_REQUIRE(end.has_value());
        BOOST_TEST(!end->has_value());
    }
    for (const std::size_t size : {std::size_t{1}, first_request.size() - 1}) {
        auto pair = co_await weir::test::tcp_streams::connect();
        co_await say(pair.b, first_request.substr(0, size));
        static_cast<void>(co_await pair.b.close());
        request_reader reader(pair.a);
        const auto end = co_await reader.next();
        BOOST_TEST((error_of(end) == std::errc::connection_aborted));
    }
}

weir::task<> broken_requests() {
    auto pair = co_await weir::test::tcp_streams::connect();
    co_await say(pair.b, "GET / HTTP/1.1\nHost: a\n\n");
    request_reader reader(pair.a);
    for (int i = 0; i < 2; ++i) {
        const auto broken = co_await reader.next();
        BOOST_TEST((error_of(broken).category() == weir::http::category()));
        co_await say(pair.b, first_request);
    }
}

weir::task<> bytes_behind_an_upgrade() {
    auto pair = co_await weir::test::tcp_streams::connect();
    co_await say(pair.b,
                 "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nmore");
    request_reader reader(pair.a);
    const auto upgrade = must(co_await reader.next());
    BOOST_REQUIRE(upgrade.has_value());
    BOOST_TEST(upgrade->wants_upgrade());
    const weir::buffer_lease left = reader.take_leftover();
    BOOST_TEST(weir::as_text(left.data()) == "more");
}

weir::task<> half_a_request_and_memory() {
    auto pair = co_await weir::test::tcp_streams::connect();
    auto other = co_await weir::test::tcp_streams::connect();
    request_reader reader(pair.a);
    co_await say(pair.b, first_request.substr(0, 8));
    const auto early = co_await weir::with_timeout(5ms, reader.next());
    BOOST_TEST((error_of(early) == std::errc::timed_out));
    // So much passes by that each shared buffer is used up, and comes back if nobody holds it.
    const std::string some(4000, 'x');
    for (int i = 0; i < 300; ++i) {
        co_await say(other.b, some);
        static_cast<void>(co_await other.a.receive());
    }
    const auto& buffers = weir::reactor::current().buffers();
    BOOST_TEST(buffers.ring_available() == buffers.ring_count());
    co_await say(pair.b, first_request.substr(8));
    const auto whole = co_await reader.next();
    BOOST_TEST(whole.has_value());
}

}  // namespace

BOOST_AUTO_TEST_CASE(pipelined_requests_come_one_by_one) {
    weir::test::on_reactor(pipelined_requests);
}

BOOST_AUTO_TEST_CASE(a_stopped_read_loses_nothing) {
    weir::test::on_reactor(requests_byte_by_byte);
}

BOOST_AUTO_TEST_CASE(an_end_between_requests_is_no_error_and_one_inside_is) {
    weir::test::on_reactor(ends_of_the_connection);
}

BOOST_AUTO_TEST_CASE(a_broken_request_stays_broken) { weir::test::on_reactor(broken_requests); }

BOOST_AUTO_TEST_CASE(bytes_behind_an_upgrade_are_handed_over) {
    weir::test::on_reactor(bytes_behind_an_upgrade);
}

BOOST_AUTO_TEST_CASE(half_a_request_holds_no_shared_memory) {
    weir::test::on_reactor(half_a_request_and_memory);
}

BOOST_AUTO_TEST_SUITE_END()
