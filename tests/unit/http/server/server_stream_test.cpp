// SPDX-License-Identifier: Apache-2.0
// server_stream: sends that wait as long as the peer takes anything, and not longer.
#include "http/server/server_stream.hpp"

#include "co_test.hpp"
#include "http/server/server_core.hpp"
#include "http_peers.hpp"
#include "is_about.hpp"

#include <weir/http/message/error.hpp>

using namespace weir::http::test;
namespace http = weir::http;
using http::detail::server_core;
using http::detail::server_stream;
using weir::test::error_of;
using weir::test::is_about;

BOOST_AUTO_TEST_SUITE(server_stream_test)

namespace {

http::server_options patient_for(std::chrono::nanoseconds time) {
    http::server_options options;
    options.send_timeout = time;
    return options;
}

const std::string much(500'000, 'm');

weir::task<std::error_code> send_all(server_stream& to) {
    for (int i = 0; i < 20; ++i) {
        const auto sent = co_await to.send(weir::as_bytes(much));
        if (!sent) co_return sent.error();
    }
    co_return std::error_code();
}

/// Takes a little now and then, until `size` bytes have come.
weir::task<std::size_t> sip(weir::net::stream_socket& from, std::size_t size,
                            std::chrono::nanoseconds pause) {
    std::size_t taken = 0;
    while (taken < size) {
        const auto slept = co_await weir::sleep_for(pause);
        const auto piece = co_await weir::with_timeout(1min, from.receive());
        if (!slept || !piece || piece->empty()) break;
        taken += piece->size();
    }
    co_return taken;
}

}  // namespace

CO_TEST(a_slow_peer_gets_everything) {
    auto pair = co_await weir::test::tcp_streams::connect();
    server_core core(name_it, patient_for(20s));
    server_stream stream(std::move(pair.a), core);
    auto [error, taken] =
        co_await weir::when_all(send_all(stream), sip(pair.b, 20 * much.size(), 10ms));
    CO_CHECK(!error);
    CO_CHECK_EQUAL(taken, 20 * much.size());
}

CO_TEST(a_peer_that_stops_taking_is_given_up_after_the_timeout) {
    auto pair = co_await weir::test::tcp_streams::connect();
    server_core core(name_it, patient_for(20s));
    server_stream stream(std::move(pair.a), core);
    const auto begun = weir::test::now();
    const auto error = co_await send_all(stream);
    CO_CHECK((error == http::errc::peer_not_reading));
    // It has taken something in the first of the times, as much as fits into the sockets.
    CO_CHECK(weir::test::now() - begun >= 20s);
    CO_CHECK(weir::test::now() - begun < 41s);
    const auto given_up = weir::test::now();
    const auto ended = co_await stream.end_sending();
    CO_CHECK((error_of(ended) == http::errc::peer_not_reading));
    CO_CHECK(is_about(weir::test::now() - given_up, 20s));
}

CO_TEST(leases_and_shared_bytes_wait_alike) {
    auto pair = co_await weir::test::tcp_streams::connect();
    server_core core(name_it, patient_for(5s));
    server_stream stream(std::move(pair.a), core);
    const weir::send_buffer shared{weir::as_bytes(much)};
    std::error_code error;
    for (int i = 0; i < 20 && !error; ++i) error = error_of(co_await stream.send(shared));
    CO_CHECK((error == http::errc::peer_not_reading));
    const auto sent = co_await stream.send(weir::buffer_lease::copy_of(weir::as_bytes(much)));
    CO_CHECK((error_of(sent) == http::errc::peer_not_reading));
}

BOOST_AUTO_TEST_SUITE_END()
