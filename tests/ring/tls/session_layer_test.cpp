// SPDX-License-Identifier: Apache-2.0
// session_layer: a socket over TLS is a stream like any other, and its end cannot be forged.
#include "tls/session_layer.hpp"

#include "stream_conformance.hpp"
#include "tls_streams.hpp"

#include <weir/tls/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using weir::test::must;

BOOST_AUTO_TEST_SUITE(session_layer_test)

BOOST_AUTO_TEST_SUITE(tls_1_3)
WEIR_STREAM_CONFORMANCE(weir::test::tls_streams<weir::tls::version::tls_1_3>)
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(tls_1_2)
WEIR_STREAM_CONFORMANCE(weir::test::tls_streams<weir::tls::version::tls_1_2>)
BOOST_AUTO_TEST_SUITE_END()

namespace {

using streams = weir::test::tls_streams<weir::tls::version::tls_1_3>;

/// The bytes of a plain socket that stands between two TLS ends, which sees and cuts.
weir::task<> a_cut_is_an_error() {
    auto pair = co_await streams::connect();
    weir::test::expect_success(co_await pair.a.send_copy(weir::as_bytes("all of it?")));
    co_await weir::test::turns(3);
    // Behind the back of TLS: the kernel's end of stream without TLS having said so.
    ::shutdown(pair.a.native_handle(), SHUT_WR);
    auto piece = co_await pair.b.receive();
    BOOST_REQUIRE(piece.has_value());
    BOOST_TEST(piece->size() == 10U);
    for (int i = 0; i < 2; ++i) {
        auto end = co_await pair.b.receive();
        BOOST_REQUIRE(!end.has_value());
        BOOST_TEST((end.error() == weir::tls::errc::truncated));
    }
}

weir::task<> changed_bytes_are_an_error() {
    auto pair = co_await streams::connect();
    const std::string record = std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x');
    static_cast<void>(!::send(pair.a.native_handle(), record.data(), record.size(), 0));
    auto piece = co_await pair.b.receive();
    BOOST_REQUIRE(!piece.has_value());
    BOOST_TEST((piece.error() == weir::tls::errc::bad_record));
    // The other end is told why.
    auto told = co_await pair.a.receive();
    BOOST_REQUIRE(!told.has_value());
    BOOST_TEST((told.error().category() == weir::tls::alert_category()));
    // What is queued now is not sent; later calls say so.
    static_cast<void>(co_await pair.b.send_copy(weir::as_bytes("hello?")));
    co_await weir::test::turns(2);
    weir::test::expect_failure(co_await pair.b.send_copy(weir::as_bytes("hello?")));
}

weir::task<> both_ends_renew_their_keys() {
    auto pair = co_await streams::connect();
    for (int round = 0; round < 3; ++round) {
        for (auto* end : {&pair.a, &pair.b}) {
            auto* layer = static_cast<weir::tls::session_layer*>(end->core().sender().layer());
            BOOST_TEST(SSL_key_update(layer->engine().native(), SSL_KEY_UPDATE_REQUESTED) == 1);
        }
        const std::size_t size = 100'000;
        const auto seed = static_cast<std::uint64_t>(round);
        auto there = weir::test::pattern(seed).take(size);
        weir::test::expect_success(co_await pair.a.send_copy(there));
        weir::test::pattern expected(seed);
        std::size_t arrived = 0;
        while (arrived < size) {
            auto piece = co_await pair.b.receive();
            BOOST_REQUIRE(piece.has_value());
            BOOST_REQUIRE(!piece->empty());
            BOOST_TEST(expected.matches(piece->data()));
            arrived += piece->size();
        }
        weir::test::expect_success(co_await pair.b.send_copy(weir::as_bytes("got it")));
        auto answer = co_await pair.a.receive();
        BOOST_REQUIRE(answer.has_value());
        BOOST_TEST(answer->size() == 6U);
    }
}

weir::task<> small_messages_allocate_little() {
    auto pair = co_await streams::connect();
    const auto ping = [&]() -> weir::task<> {
        weir::test::expect_success(co_await pair.a.send_copy(weir::as_bytes("ping")));
        auto piece = co_await pair.b.receive();
        weir::test::expect_size(must(std::move(piece)), 4);
    };
    for (int i = 0; i < 50; ++i) co_await ping();
    const weir::test::allocation_count allocated;
    constexpr std::size_t rounds = 100;
    for (std::size_t i = 0; i < rounds; ++i) co_await ping();
    // OpenSSL's own come from malloc and are not counted here.
    BOOST_TEST(allocated.value() == 0U);
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_end_without_a_word_is_an_error_and_what_came_before_is_read,
                     WEIR_LINUX_ONLY) {
    weir::test::on_reactor(a_cut_is_an_error);
}
BOOST_AUTO_TEST_CASE(bytes_that_were_changed_end_both_directions_and_the_peer_is_told,
                     WEIR_LINUX_ONLY) {
    weir::test::on_reactor(changed_bytes_are_an_error);
}
BOOST_AUTO_TEST_CASE(new_keys_in_the_running_connection_lose_nothing) {
    weir::test::on_reactor(both_ends_renew_their_keys);
}
BOOST_AUTO_TEST_CASE(a_steady_state_allocates_nothing_of_ours, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(small_messages_allocate_little);
}

BOOST_AUTO_TEST_SUITE_END()
