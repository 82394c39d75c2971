// SPDX-License-Identifier: Apache-2.0
// kTLS: once the kernel seals what a server sends, the stream is what it was before. Most of this
// needs a kernel that can; where this one cannot, tests/guest runs it under one.
#include <weir/tls/kernel_tls.hpp>

#include "needs_kernel_tls.hpp"
#include "stream_conformance.hpp"
#include "tls/context_state.hpp"
#include "tls/session_layer.hpp"
#include "tls_streams.hpp"

#include <weir/net/detail/progress_awaiter.hpp>
#include <weir/tls/error.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

using weir::test::error_of;
using weir::test::expect_failure;
using weir::test::expect_success;
using namespace std::chrono_literals;
namespace tls = weir::tls;

BOOST_AUTO_TEST_SUITE(kernel_tls_test)

namespace {

using pair_of_sockets = weir::test::stream_pair<weir::net::tcp_socket>;

/// A server and its client by TLS 1.3. The server has said all that it had to.
weir::task<pair_of_sockets> connected(std::string suite = {}, bool kernel_tls = true) {
    tls::server_options serving = weir::test::serving_options();
    serving.kernel_tls = kernel_tls;
    const auto server = weir::test::must_serve(std::move(serving));
    tls::client_options options = weir::test::trusting_options();
    options.min_version = tls::version::tls_1_3;
    options.max_sessions = 0;  // what stays in memory would pass for a leak
    const auto client = weir::test::must_trust(std::move(options));
    if (!suite.empty()) {
        BOOST_REQUIRE(SSL_CTX_set_ciphersuites(client.shared()->context.get(), suite.c_str()) == 1);
    }
    auto both = co_await weir::test::shake_hands(client, server);
    weir::test::must(std::move(both.client));
    const auto agreed = weir::test::must(std::move(both.server));
    if (!suite.empty()) BOOST_TEST(agreed.cipher == suite);
    auto& sender = both.sockets.b.core().sender();
    while (!sender.has_sent_all()) {
        expect_success(co_await weir::net::detail::progress_awaiter(sender));
    }
    co_return pair_of_sockets{std::move(both.sockets.b), std::move(both.sockets.a)};
}

bool hand_to_kernel(weir::net::tcp_socket& socket) {
    return socket.core().sender().hand_to_kernel(100'000);
}

/// `a` is the server, for which the kernel seals.
class kernel_tls_streams {
public:
    using stream = weir::net::tcp_socket;
    [[nodiscard]] static weir::task<pair_of_sockets> connect(weir::net::socket_options = {}) {
        auto pair = co_await connected();
        BOOST_REQUIRE(hand_to_kernel(pair.a));
        co_return pair;
    }
};

SSL* openssl_of(weir::net::tcp_socket& client) {
    auto* layer = client.core().sender().layer();
    return dynamic_cast<tls::session_layer<tls::engine>&>(*layer).engine().native();
}

weir::task<> receive_pattern(weir::net::tcp_socket& from, std::size_t size, std::uint64_t seed) {
    weir::test::pattern expected(seed);
    for (std::size_t arrived = 0; arrived < size;) {
        const auto piece = co_await from.receive();
        BOOST_REQUIRE(piece.has_value());
        BOOST_REQUIRE(!piece->empty());
        BOOST_REQUIRE(expected.matches(piece->data()));
        arrived += piece->size();
    }
}
weir::task<> send_pattern(weir::net::tcp_socket& to, std::size_t size, std::uint64_t seed) {
    const auto data = weir::test::pattern(seed).take(size);
    expect_success(co_await to.send_copy(data));
}
weir::task<> send_and_check(pair_of_sockets& pair, std::size_t size, std::uint64_t seed) {
    static_cast<void>(co_await weir::when_all(send_pattern(pair.a, size, seed),
                                              receive_pattern(pair.b, size, seed)));
}

weir::task<> goes_on_where_records_stood(std::string suite) {
    auto pair = co_await connected(std::move(suite));
    const auto handed = weir::reactor::current().stats().kernel_tls;
    co_await send_and_check(pair, 100'000, 1);
    BOOST_REQUIRE(hand_to_kernel(pair.a));
    BOOST_TEST(hand_to_kernel(pair.a));  // it has
    BOOST_TEST(weir::reactor::current().stats().kernel_tls == handed + 1);
    for (const std::size_t size : {std::size_t{1}, std::size_t{500}, std::size_t{40'000}}) {
        co_await send_and_check(pair, size, size);
    }
    expect_success(co_await pair.b.send_copy(weir::as_bytes("and back")));
    const auto answer = co_await pair.a.receive();
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->size() == 8U);
}

weir::task<> a_message_between_contents() {
    auto pair = co_await kernel_tls_streams::connect();
    // All of it in one turn: contents, what the layer says, and nothing behind that.
    expect_success(co_await pair.a.send_copy(weir::as_bytes("the last ")));
    expect_success(co_await pair.a.send_copy(weir::as_bytes("words")));
    expect_success(co_await pair.a.shutdown_send());
    std::string heard;
    for (;;) {
        const auto piece = co_await pair.b.receive();
        BOOST_REQUIRE(piece.has_value());  // not truncated
        if (piece->empty()) break;
        heard += weir::as_text(piece->data());
    }
    BOOST_TEST(heard == "the last words");
}

/// Behind the back of TLS.
void send_forged_record(weir::net::tcp_socket& from) {
    const std::string record = std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x');
    static_cast<void>(!::send(from.native_handle(), record.data(), record.size(), 0));
}

/// Everything that the client hears until its end; what that was.
weir::task<std::pair<std::size_t, std::error_code>> hear_all(weir::net::tcp_socket& client) {
    std::size_t heard = 0;
    for (;;) {
        const auto piece = co_await client.receive();
        if (!piece) co_return std::pair(heard, piece.error());
        if (piece->empty()) co_return std::pair(heard, std::error_code());
        heard += piece->size();
    }
}

weir::task<> nothing_follows_a_fatal_alert() {
    auto pair = co_await kernel_tls_streams::connect();
    send_forged_record(pair.b);
    const auto arrived = co_await pair.a.receive();
    BOOST_TEST((error_of(arrived) == tls::errc::bad_record));
    expect_failure(co_await pair.a.send_copy(weir::as_bytes("and yet")));
    expect_failure(co_await pair.a.close());  // it says that sending has failed
    const auto [heard, why] = co_await hear_all(pair.b);
    BOOST_TEST(heard == 0U);
    BOOST_TEST((why == std::error_code(20, tls::alert_category())));  // bad_record_mac
}

/// More than the sockets take, so that most of it waits in the queue when it is found out.
weir::task<> queued_contents_do_not_follow_either() {
    auto pair = co_await kernel_tls_streams::connect();
    const std::size_t size = 40'000'000;
    auto sending = [&]() -> weir::task<> {
        const std::vector<std::byte> data(size);
        expect_failure(co_await pair.a.send_copy(data));
        expect_failure(co_await pair.a.close());
    };
    auto forging = [&]() -> weir::task<> {
        co_await weir::test::turns(3);
        send_forged_record(pair.b);
        const auto arrived = co_await pair.a.receive();
        BOOST_TEST((error_of(arrived) == tls::errc::bad_record));
    };
    static_cast<void>(co_await weir::when_all(sending(), forging()));
    const auto [heard, why] = co_await hear_all(pair.b);
    BOOST_TEST(heard < size);
    BOOST_TEST(static_cast<bool>(why));
}

/// The kernel keeps records back that the peer has no room for: none is lost by closing.
weir::task<> a_slow_peer_gets_the_end() {
    auto pair = co_await connected();
    for (auto* each : {&pair.a, &pair.b}) {
        const int small = 4096;
        for (const int which : {SO_SNDBUF, SO_RCVBUF}) {
            static_cast<void>(
                ::setsockopt(each->native_handle(), SOL_SOCKET, which, &small, sizeof small));
        }
    }
    BOOST_REQUIRE(hand_to_kernel(pair.a));
    const std::size_t size = 300'000;
    auto sending = [&]() -> weir::task<> {
        co_await send_pattern(pair.a, size, 9);
        expect_success(co_await pair.a.close(60s));
    };
    auto reading = [&]() -> weir::task<> {
        std::vector<std::byte> little(1000);
        weir::test::pattern expected(9);
        std::size_t heard = 0;
        for (;;) {
            const auto got = co_await pair.b.read_some(little);
            BOOST_REQUIRE(got.has_value());
            if (*got == 0) break;
            BOOST_REQUIRE(expected.matches(weir::bytes(little).first(*got)));
            heard += *got;
            co_await weir::test::turns(1);
        }
        BOOST_TEST(heard == size);
    };
    static_cast<void>(co_await weir::when_all(sending(), reading()));
}

/// What is said of the end must not outlive what stands before it: that would be a forged end.
weir::task<> the_end_does_not_overtake() {
    auto pair = co_await kernel_tls_streams::connect();
    const std::size_t size = 40'000'000;
    weir::stop_source enough;
    auto sending = [&]() -> weir::task<> {
        const std::vector<std::byte> data(size);
        // It is queued, whatever becomes of the wait for room.
        auto waiting = weir::with_stop(enough, pair.a.send_copy(data));
        static_cast<void>(co_await waiting);
        static_cast<void>(co_await pair.a.shutdown_send());
        static_cast<void>(co_await pair.a.close(10ms));
    };
    auto forging = [&]() -> weir::task<> {
        co_await weir::test::turns(3);
        enough.request_stop();
        co_await weir::test::turns(3);
        send_forged_record(pair.b);
        static_cast<void>(co_await pair.a.receive());
    };
    static_cast<void>(co_await weir::when_all(sending(), forging()));
    const auto [heard, why] = co_await hear_all(pair.b);
    BOOST_TEST(heard < size);
    BOOST_TEST(static_cast<bool>(why));
}

weir::task<> contents_after_the_end() {
    auto pair = co_await kernel_tls_streams::connect();
    expect_success(co_await pair.a.shutdown_send());
    static_cast<void>(co_await pair.a.send_copy(weir::as_bytes("one more thing")));
    co_await weir::test::turns(3);
    expect_failure(co_await pair.a.send_copy(weir::as_bytes("and another")));
    const auto [heard, why] = co_await hear_all(pair.b);
    BOOST_TEST(heard == 0U);
    BOOST_TEST(!why);
}

weir::task<> new_keys_of_the_peer() {
    auto pair = co_await kernel_tls_streams::connect();
    BOOST_TEST(SSL_key_update(openssl_of(pair.b), SSL_KEY_UPDATE_NOT_REQUESTED) == 1);
    expect_success(co_await pair.b.send_copy(weir::as_bytes("with new keys")));
    const auto heard = co_await pair.a.receive();
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST(heard->size() == 13U);
    BOOST_TEST(SSL_key_update(openssl_of(pair.b), SSL_KEY_UPDATE_REQUESTED) == 1);
    expect_success(co_await pair.b.send_copy(weir::as_bytes("and yours?")));
    const auto refused = co_await pair.a.receive();
    BOOST_TEST((error_of(refused) == tls::errc::new_keys_refused));
    const auto told = co_await pair.b.receive();
    BOOST_TEST((error_of(told) == std::error_code(80, tls::alert_category())));  // internal_error
}

weir::task<> new_keys_that_are_owed_come_first() {
    auto pair = co_await connected();
    BOOST_TEST(SSL_key_update(openssl_of(pair.b), SSL_KEY_UPDATE_REQUESTED) == 1);
    expect_success(co_await pair.b.send_copy(weir::as_bytes("new keys?")));
    const auto heard = co_await pair.a.receive();
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST(!hand_to_kernel(pair.a));
    co_await send_and_check(pair, 50'000, 3);
    BOOST_TEST(hand_to_kernel(pair.a));
    co_await send_and_check(pair, 50'000, 4);
}

weir::task<> worn_keys() {
    auto pair = co_await kernel_tls_streams::connect();
    auto& sender = pair.a.core().sender();
    constexpr std::size_t piece = std::size_t{180} << 30U;
    BOOST_TEST(!sender.is_half_worn());
    sender.note_sent(piece);
    for (int i = 0; i < 100'000; ++i) sender.note_sent(100);  // small ones cost little
    BOOST_TEST(!sender.is_half_worn());
    sender.note_sent(std::size_t{1} << 30U);
    BOOST_TEST(sender.is_half_worn());
    co_await send_and_check(pair, 1000, 1);
    BOOST_TEST(!sender.error());
    sender.note_sent(piece);
    sender.note_sent(piece);
    BOOST_TEST((sender.error() == weir::error_from_errno(EKEYEXPIRED)));
    expect_failure(co_await pair.a.send_copy(weir::as_bytes("too late")));
    static_cast<void>(co_await pair.a.shutdown_send());
    const auto [heard, why] = co_await hear_all(pair.b);
    BOOST_TEST(heard == 0U);
    BOOST_TEST((why == tls::errc::truncated));
}

weir::task<> too_much_for_one_key() {
    auto pair = co_await connected();
    BOOST_TEST(!pair.a.core().sender().hand_to_kernel(std::uint64_t{200} << 30U));
    BOOST_TEST(pair.a.core().sender().hand_to_kernel(std::uint64_t{100} << 30U));
}

/// A kernel that cannot, a server that must not: either way the layer goes on.
weir::task<> a_refusal_changes_nothing() {
    auto pair = co_await connected({}, false);
    const auto handed = weir::reactor::current().stats().kernel_tls;
    BOOST_TEST(!hand_to_kernel(pair.a));
    BOOST_TEST(pair.a.core().sender().seals());
    BOOST_TEST(weir::reactor::current().stats().kernel_tls == handed);
    co_await send_and_check(pair, 100'000, 1);
    BOOST_TEST(!hand_to_kernel(pair.b));  // a client
    expect_success(co_await pair.a.shutdown_send());
    const auto end = co_await pair.b.receive();
    BOOST_REQUIRE(end.has_value());
    BOOST_TEST(end->empty());
}

weir::task<> as_the_kernel_says() {
    auto pair = co_await connected();
    const bool is_handed = hand_to_kernel(pair.a);
    BOOST_TEST(is_handed == !tls::kernel_tls_error());
    co_await send_and_check(pair, 100'000, 1);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_server_that_must_not_or_a_client_goes_on_by_itself, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(a_refusal_changes_nothing);
}
BOOST_AUTO_TEST_CASE(the_kernel_is_asked_and_its_answer_kept_to, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(as_the_kernel_says);
}

BOOST_AUTO_TEST_SUITE(sealed_by_the_kernel, WEIR_KERNEL_TLS_ONLY)

WEIR_STREAM_CONFORMANCE(kernel_tls_streams)

BOOST_AUTO_TEST_CASE(each_suite_goes_on_where_its_records_stood) {
    for (const char* suite :
         {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}) {
        BOOST_TEST_CONTEXT(suite) {
            weir::test::on_reactor([suite] { return goes_on_where_records_stood(suite); });
        }
    }
}
BOOST_AUTO_TEST_CASE(the_end_is_a_record_of_its_own) {
    weir::test::on_reactor(a_message_between_contents);
}
BOOST_AUTO_TEST_CASE(nothing_follows_what_was_wrong) {
    weir::test::on_reactor(nothing_follows_a_fatal_alert);
    weir::test::on_reactor(queued_contents_do_not_follow_either);
    weir::test::on_reactor(the_end_does_not_overtake);
}
BOOST_AUTO_TEST_CASE(nothing_follows_the_end) { weir::test::on_reactor(contents_after_the_end); }
BOOST_AUTO_TEST_CASE(a_peer_that_reads_slowly_gets_all_of_it) {
    weir::test::on_reactor(a_slow_peer_gets_the_end);
}
BOOST_AUTO_TEST_CASE(a_part_that_would_wear_off_the_keys_is_sealed_here) {
    weir::test::on_reactor(too_much_for_one_key);
}
BOOST_AUTO_TEST_CASE(a_peer_may_renew_its_keys_but_not_ours) {
    weir::test::on_reactor(new_keys_of_the_peer);
}
BOOST_AUTO_TEST_CASE(keys_that_were_asked_for_come_before_the_kernel) {
    weir::test::on_reactor(new_keys_that_are_owed_come_first);
}
BOOST_AUTO_TEST_CASE(a_sender_ends_when_its_keys_are_worn) { weir::test::on_reactor(worn_keys); }

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()
