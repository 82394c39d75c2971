// SPDX-License-Identifier: Apache-2.0
// session_layer: a socket over TLS is a stream like any other, and its end cannot be forged.
#include "tls/session_layer.hpp"

#include "../../unit/tls/engine_pair.hpp"
#include "io/receive_buffers.hpp"
#include "stream_conformance.hpp"
#include "tls_streams.hpp"

#include <weir/tls/error.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

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

/// Has both ends renew theirs; what this end says of that leaves with what it says next.
void renew_keys(weir::net::tcp_socket& of) {
    namespace tls = weir::tls;
    auto& sender = of.core().sender();
    if (auto* own = dynamic_cast<tls::session_layer<tls::record_engine>*>(sender.layer())) {
        tls::sender_output out(sender);
        own->engine().renew_keys(true, out);
    } else {
        auto& theirs = dynamic_cast<tls::session_layer<tls::engine>&>(*sender.layer());
        BOOST_TEST(SSL_key_update(theirs.engine().native(), SSL_KEY_UPDATE_REQUESTED) == 1);
    }
}

weir::task<> both_ends_renew_their_keys() {
    auto pair = co_await streams::connect();
    for (int round = 0; round < 3; ++round) {
        renew_keys(pair.a);
        renew_keys(pair.b);
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

/// A server of TLS in plain sight: an engine that the test itself moves the bytes of.
class open_server {
public:
    open_server()
        : context_(weir::test::must_serve(options())),
          shown_(context_.shared()->current()),
          end_(weir::tls::ssl_ptr(SSL_new(shown_->first()))) {
        SSL_set_accept_state(end_.engine.native());
        context_.shared()->keys.renew({});
    }

    /// Shakes hands over `socket`.
    weir::task<> shake(weir::net::tcp_socket& socket) {
        auto step = weir::tls::engine::step::needs_wire;
        while (step == weir::tls::engine::step::needs_wire) {
            auto arrived = co_await socket.receive();
            BOOST_REQUIRE(arrived.has_value());
            BOOST_REQUIRE(!arrived->empty());
            step = end_.shake(arrived->data());
            auto sent = end_.take_sent();
            if (!sent.empty()) weir::test::expect_success(co_await socket.send_copy(sent));
        }
    }
    /// A ticket for the client, in several records: one of them is the first of the result.
    [[nodiscard]] std::pair<std::vector<std::byte>, std::vector<std::byte>> ticket_in_two() {
        SSL* const ssl = end_.engine.native();
        BOOST_REQUIRE(SSL_set_max_send_fragment(ssl, 512) == 1);
        BOOST_REQUIRE(SSL_new_session_ticket(ssl) == 1);
        static_cast<void>(end_.shake({}));
        std::vector<std::byte> records = end_.take_sent();
        const auto size = 5 + (std::to_integer<std::size_t>(records.at(3)) << 8U) +
                          std::to_integer<std::size_t>(records.at(4));
        BOOST_REQUIRE(size < records.size());
        const auto cut = records.begin() + static_cast<std::ptrdiff_t>(size);
        std::vector<std::byte> rest(cut, records.end());
        records.erase(cut, records.end());
        return {std::move(records), std::move(rest)};
    }
    [[nodiscard]] std::string read(weir::bytes arrived) { return end_.read(arrived); }
    [[nodiscard]] weir::tls::engine::step last() const noexcept { return end_.last; }
    /// That nothing follows.
    [[nodiscard]] std::vector<std::byte> take_end() {
        static_cast<void>(end_.engine.close(end_.wire));
        return end_.take_sent();
    }

private:
    /// Tickets contain the client's certificate: so they are too long for one small record.
    static weir::tls::server_options options() {
        weir::tls::server_options made = weir::test::serving_options();
        made.clients = weir::tls::client_certificates::required;
        made.client_trust = weir::tls::trust::only(weir::test::test_authority().pem());
        return made;
    }

    weir::tls::server_context context_;
    std::shared_ptr<const weir::tls::certificate_set> shown_;
    weir::test::engine_end end_;
};

weir::tls::client_context with_certificate() {
    weir::tls::client_options options = weir::test::trusting_options();
    options.own = weir::test::test_authority().issue(weir::test::wanted_certificate("me")).loaded();
    options.max_sessions = 0;
    return weir::test::must_trust(std::move(options));
}

/// Connects `pair.a` by TLS with `server`, which then says the first half of a message of the
/// protocol. Gives the rest of it.
weir::task<std::vector<std::byte>> send_half_a_message(
    weir::test::stream_pair<weir::net::tcp_socket>& pair, open_server& server) {
    const auto client = with_certificate();
    auto both =
        weir::when_all(weir::tls::connect(pair.a, client, "localhost"), server.shake(pair.b));
    auto outcome = co_await both;
    BOOST_REQUIRE(std::get<0>(outcome).has_value());
    auto [first, rest] = server.ticket_in_two();
    weir::test::expect_success(co_await pair.b.send_copy(first));
    co_return std::move(rest);
}

/// Has a client write, and then end, while half of a message of the protocol has come.
weir::task<> writes_between_the_halves() {
    auto pair = co_await weir::test::tcp_streams::connect();
    open_server server;
    const auto rest = co_await send_half_a_message(pair, server);
    auto reading = [&pair]() -> weir::task<> {
        const auto end = co_await pair.a.receive();
        BOOST_REQUIRE(end.has_value());
        BOOST_TEST(end->empty());
    };
    auto writing = [&pair]() -> weir::task<> {
        co_await weir::test::turns(5);
        weir::test::expect_success(co_await pair.a.send_copy(weir::as_bytes("hello")));
        weir::test::expect_success(co_await pair.a.shutdown_send());
    };
    auto rest_of_it = [&, second = weir::bytes(rest)]() -> weir::task<> {
        co_await weir::test::turns(10);
        weir::test::expect_success(co_await pair.b.send_copy(second));
        std::string text;
        while (server.last() != weir::tls::engine::step::closed) {
            auto arrived = co_await pair.b.receive();
            BOOST_REQUIRE(arrived.has_value());
            BOOST_REQUIRE(!arrived->empty());
            text += server.read(arrived->data());
        }
        BOOST_TEST(text == "hello");
        const auto goodbye = server.take_end();
        weir::test::expect_success(co_await pair.b.send_copy(goodbye));
    };
    auto all = weir::when_all(reading(), writing(), rest_of_it());
    static_cast<void>(co_await all);
}

/// A peer that never says the second half of its message must not keep memory that other sockets
/// receive into.
weir::task<> forwards_between_the_halves() {
    auto pair = co_await weir::test::tcp_streams::connect();
    auto source = co_await weir::test::tcp_streams::connect();
    open_server server;
    static_cast<void>(co_await send_half_a_message(pair, server));
    auto reading = [&pair]() -> weir::task<> { static_cast<void>(co_await pair.a.receive()); };
    auto forwarding = [&]() -> weir::task<> {
        co_await weir::test::turns(5);
        const auto& buffers = weir::reactor::current().buffers();
        const std::string text(2000, 'x');  // too much to be copied for its size
        for (int i = 0; i < 2; ++i) {
            weir::test::expect_success(co_await source.a.send_copy(weir::as_bytes(text)));
            auto piece = co_await source.b.receive();
            BOOST_REQUIRE(piece.has_value());
            BOOST_TEST(piece->is_shared_memory());
            BOOST_TEST(!buffers.is_all_free());
            pair.a.core().sender().push(std::move(*piece));
            // What comes first is kept until the layer has said that it has to wait.
            if (i == 0) co_await weir::test::turns(2);
            BOOST_TEST(buffers.is_all_free());
        }
        BOOST_TEST(pair.a.queued_bytes() == 4000U);
        weir::test::expect_success(co_await pair.b.shutdown_send());
    };
    auto all = weir::when_all(reading(), forwarding());
    static_cast<void>(co_await all);
}

/// The peer goes in the middle of its message: then nothing can be written any more.
weir::task<> the_second_half_never_comes() {
    auto pair = co_await weir::test::tcp_streams::connect();
    open_server server;
    static_cast<void>(co_await send_half_a_message(pair, server));
    weir::test::expect_success(co_await pair.b.shutdown_send());
    static_cast<void>(co_await pair.a.send_copy(weir::as_bytes("hello")));
    const auto end = co_await pair.a.receive();
    BOOST_REQUIRE(!end.has_value());
    BOOST_TEST((end.error() == weir::tls::errc::truncated));
    co_await weir::test::turns(3);
    weir::test::expect_failure(co_await pair.a.send_copy(weir::as_bytes("hello?")));
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
BOOST_AUTO_TEST_CASE(what_is_written_amid_a_message_of_the_protocol_leaves_after_it) {
    weir::test::on_reactor(writes_between_the_halves);
}
BOOST_AUTO_TEST_CASE(what_waits_for_a_message_of_the_protocol_holds_no_shared_receive_buffer,
                     WEIR_LINUX_ONLY) {
    weir::test::on_reactor(forwards_between_the_halves);
}
BOOST_AUTO_TEST_CASE(a_message_of_the_protocol_that_stays_half_ends_both_directions) {
    weir::test::on_reactor(the_second_half_never_comes);
}
BOOST_AUTO_TEST_CASE(a_steady_state_allocates_nothing_of_ours, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(small_messages_allocate_little);
}

BOOST_AUTO_TEST_SUITE_END()
