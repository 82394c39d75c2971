// SPDX-License-Identifier: Apache-2.0
// What a peer can do to a handshake: say nonsense, go in the middle, or never come to the end. Each
// time the other end is told by an error, and nothing is left.
#include "tls_streams.hpp"

#include <weir/coro/stop.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/tls/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(hostile_peer_test)

namespace {

using weir::test::must_serve;
using weir::test::must_trust;
using weir::test::serving_options;
using weir::test::trusting_options;

/// Whether the server calls a client `expected` that says `text` and goes.
void check_answer(const std::string& text, weir::tls::errc expected) {
    weir::test::on_reactor([&]() -> weir::task<> {
        auto pair = co_await weir::test::tcp_streams::connect();
        weir::test::expect_success(co_await pair.a.send_copy(weir::as_bytes(text)));
        weir::test::expect_success(co_await pair.a.shutdown_send());
        const auto accepted = co_await weir::tls::accept(pair.b, must_serve(serving_options()));
        const std::error_code found = weir::test::error_of(accepted);
        BOOST_TEST(found == expected, found.message());
    });
}

/// Passes bytes on from one plain socket to another: so many, then none, and then the end.
weir::task<> relay(weir::net::tcp_socket& from, weir::net::tcp_socket& to, std::size_t& left) {
    while (left > 0) {
        auto piece = co_await from.receive();
        if (!piece || piece->empty()) break;
        const std::size_t size = std::min(piece->size(), left);
        left -= size;
        const auto part = piece->data().first(size);
        const auto sent = co_await to.send_copy(part);
        if (!sent) break;
    }
    static_cast<void>(co_await to.shutdown_send());
}

/// Both ends shake hands through a relay that passes only the client's first `bytes`. Returns
/// whether the server has agreed.
weir::task<bool> cut_after(std::size_t bytes) {
    static const auto server = must_serve(serving_options());
    static const auto client = must_trust(trusting_options());
    auto outer = co_await weir::test::tcp_streams::connect();
    auto inner = co_await weir::test::tcp_streams::connect();
    std::size_t back = 1 << 20;
    auto connecting = [&]() -> weir::task<weir::result<weir::tls::connection_info>> {
        auto handshake = weir::tls::connect(outer.a, client, "localhost");
        auto info = co_await std::move(handshake);
        static_cast<void>(co_await outer.a.close());
        co_return info;
    };
    auto accepting = [&]() -> weir::task<weir::result<weir::tls::connection_info>> {
        auto handshake = weir::tls::accept(inner.b, server);
        auto info = co_await std::move(handshake);
        static_cast<void>(co_await inner.b.close());
        co_return info;
    };
    auto all = weir::when_all(connecting(), accepting(), relay(outer.b, inner.a, bytes),
                              relay(inner.a, outer.b, back));
    auto outcome = co_await all;
    const auto& accepted = std::get<1>(outcome);
    if (!accepted) BOOST_TEST((accepted.error() == weir::tls::errc::truncated));
    co_return accepted.has_value();
}

weir::task<> cut_at_every_byte() {
    std::size_t needed = 0;
    for (std::size_t bytes = 0; needed == 0; bytes += weir::test::is_simulated() ? 97 : 1) {
        auto attempt = cut_after(bytes);
        const bool has_agreed = co_await std::move(attempt);
        if (has_agreed) needed = bytes;
    }
    BOOST_TEST(needed > 200U);
}

weir::task<> stopped_at_any_moment() {
    const auto server = must_serve(serving_options());
    const auto client = must_trust(trusting_options());
    for (std::size_t moment = 0; moment < 12; ++moment) {
        auto pair = co_await weir::test::tcp_streams::connect();
        weir::stop_source stop;
        auto stopper = [&stop](std::size_t turns) -> weir::task<> {
            co_await weir::test::turns(turns);
            stop.request_stop();
        };
        auto accepting = [&]() -> weir::task<weir::result<weir::tls::connection_info>> {
            auto handshake = weir::tls::accept(pair.b, server);
            auto info = co_await std::move(handshake);
            static_cast<void>(co_await pair.b.close());
            co_return info;
        };
        auto close_after = [&]() -> weir::task<weir::result<weir::tls::connection_info>> {
            auto handshake = weir::tls::connect(pair.a, client, "localhost");
            auto stoppable = weir::with_stop(stop, std::move(handshake));
            auto info = co_await stoppable;
            static_cast<void>(co_await pair.a.close());
            co_return info;
        };
        auto all = weir::when_all(close_after(), accepting(), stopper(moment));
        auto outcome = co_await all;
        const auto& connected = std::get<0>(outcome);
        if (!connected) BOOST_TEST((connected.error() == std::errc::operation_canceled));
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_no_client_of_tls_is_refused_by_name) {
    using weir::tls::errc;
    check_answer("GET / HTTP/1.1\r\nHost: a\r\n\r\n", errc::not_tls);
    check_answer("SSH-2.0-client\r\n", errc::not_tls);
    check_answer(std::string(2000, '\0'), errc::not_tls);
    check_answer("", errc::truncated);
    check_answer("\x16\x03\x01", errc::truncated);
    // An old version of it.
    std::string ssl2("\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10", 11);
    ssl2.resize(48);
    check_answer(ssl2, errc::no_common_version);
}

BOOST_AUTO_TEST_CASE(a_handshake_that_is_cut_off_at_any_byte_is_told_as_such) {
    weir::test::on_reactor(cut_at_every_byte);
}

BOOST_AUTO_TEST_CASE(a_handshake_can_be_stopped_at_any_moment) {
    weir::test::on_reactor(stopped_at_any_moment);
}

BOOST_AUTO_TEST_SUITE_END()
