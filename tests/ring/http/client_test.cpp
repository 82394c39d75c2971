// SPDX-License-Identifier: Apache-2.0
// A client on real sockets, or simulated ones with faults: calls that are stopped anywhere, TLS,
// and what a request costs.
#include <weir/http/client/client.hpp>

#include "../../unit/http/client/client_peers.hpp"
#include "allocation_count.hpp"
#include "pattern.hpp"
#include "tls_streams.hpp"

#include <weir/coro/ok.hpp>
#include <weir/io/op/shutdown.hpp>
#include <weir/tls/error.hpp>

#include <sys/socket.h>

#include <functional>

using namespace weir::http::test;
namespace http = weir::http;
using weir::result;
using weir::task;

BOOST_AUTO_TEST_SUITE(client_test)

namespace {

/// Answers with the target, in two pieces, each after a moment that depends on it.
task<result<void>> name_it_slowly(http::exchange& exchange) {
    const std::string target = exchange.request().target();
    const auto pause = std::chrono::microseconds(std::hash<std::string>()(target) % 700);
    co_await weir::ok(weir::sleep_for(pause));
    co_await weir::ok(exchange.answer().start(http::status::ok, {}));
    co_await weir::ok(exchange.answer().write(weir::as_bytes(target)));
    co_await weir::ok(weir::sleep_for(pause));
    co_await weir::ok(exchange.answer().write(weir::as_bytes(target)));
    co_return co_await exchange.answer().finish();
}

task<result<void>> say_hello(http::exchange& exchange) {
    co_return co_await exchange.respond(http::status::ok, "text/plain", "hello");
}

class numbered_calls {
public:
    std::size_t right = 0;
    std::size_t wrong = 0;
    std::size_t stopped = 0;
};

/// Asks for numbered pages, one after the other, until so many calls were stopped: all but each
/// fourth have little patience.
task<> ask_in_haste(http::client& client, const answering_server& server, std::size_t first,
                    std::size_t stops, numbered_calls& seen) {
    weir::test::dice random(first + 1);
    std::size_t stopped = 0;
    for (std::size_t i = 0; i < 20 * stops && stopped < stops; ++i) {
        const std::string target = "/" + std::to_string(first + i);
        auto asking = client.get(server.url(target));
        const auto haste = std::chrono::microseconds(random.roll(1000));
        const std::chrono::nanoseconds patience = i % 4 == 3 ? 60s : haste;
        const auto page = co_await weir::with_timeout(patience, std::move(asking));
        if (!page) {
            ++stopped;
        } else if (page->body() == target + target) {
            ++seen.right;
        } else {
            ++seen.wrong;
        }
    }
    seen.stopped += stopped;
}

http::client_options trusting() {
    http::client_options options;
    auto trust = weir::test::trusting_options();
    trust.protocols = {"http/1.1"};
    trust.max_sessions = weir::test::is_simulated() ? 0 : 16;  // they stay, and pass for a leak
    options.tls = weir::test::must_trust(std::move(trust));
    return options;
}

/// A server that speaks TLS, and counts sessions that went on from earlier ones.
http::server_options serving(std::size_t& resumed) {
    auto serving = weir::test::serving_options();
    serving.protocols = {"http/1.1"};
    http::server_options options;
    options.prepare = [context = weir::test::must_serve(std::move(serving)),
                       &resumed](weir::net::stream_socket& socket) -> task<result<void>> {
        auto handshake = weir::tls::accept(socket, context);
        const auto info = co_await weir::ok(std::move(handshake));
        if (info.is_resumed) ++resumed;
        co_return result<void>();
    };
    return options;
}

/// Speaks TLS, hears a request, says `text` and goes without a word.
task<> say_and_break(weir::net::tcp_acceptor& acceptor, weir::tls::server_context context,
                     std::string text) {
    auto socket = co_await acceptor.accept();
    if (!socket) co_return;
    auto handshake = weir::tls::accept(*socket, std::move(context));
    const auto info = co_await std::move(handshake);
    if (!info) co_return;
    static_cast<void>(co_await weir::test::read_until(*socket, 20));
    static_cast<void>(co_await socket->send_copy(weir::as_bytes(text)));
    static_cast<void>(co_await weir::sleep_for(5ms));
    // The end of the wire, below TLS.
    static_cast<void>(co_await weir::op::shutdown(socket->native_handle(), SHUT_WR));
    static_cast<void>(co_await weir::test::read_to_end(*socket));
}

}  // namespace

RING_TEST(after_a_thousand_stopped_calls_each_answer_is_that_of_its_request) {
    answering_server server(name_it_slowly);
    numbered_calls seen;
    const auto talk = [&]() -> task<> {
        http::client_options options;
        options.max_connections_per_origin = 4;
        http::client client(co_await weir::this_task(), options);
        const std::size_t stops = weir::test::is_simulated() ? 3 : 125;
        weir::task_group group(co_await weir::this_task(), 8);
        for (std::size_t i = 0; i < 8; ++i) {
            const auto ask = [&client, &server, &seen, i, stops] {
                return ask_in_haste(client, server, i * 10'000, stops, seen);
            };
            auto started = group.spawn(ask);
            if (const auto begun = co_await started; !begun) break;
        }
        static_cast<void>(co_await group.join());
        BOOST_TEST(client.open_connections() <= 4U);
        // The pool is whole: whoever is patient gets what he asked for.
        const auto page = co_await client.get(server.url("/last"));
        BOOST_TEST(told(page) == "200 /last/last");
    };
    co_await talk_to(server, talk);
    BOOST_TEST_MESSAGE(seen.right << " right, " << seen.stopped << " stopped");
    BOOST_TEST(seen.wrong == 0U);
    if (!weir::test::is_simulated()) {
        BOOST_TEST(seen.right > 0U);
        BOOST_TEST(seen.stopped == 1000U);
    }
}

RING_TEST(https_is_http_over_tls_and_sessions_are_resumed) {
    std::size_t resumed = 0;
    answering_server server(say_hello, serving(resumed));
    const auto talk = [&]() -> task<> {
        const auto options = trusting();
        {
            http::client client(co_await weir::this_task(), options);
            for (int i = 0; i < 3; ++i) {
                const auto page = co_await client.get(server.url("/", "https://localhost"));
                BOOST_TEST(told(page) == "200 hello");
            }
            BOOST_TEST(client.statistics().connections.value() == 1U);
        }
        http::client another(co_await weir::this_task(), options);
        const auto page = co_await another.get(server.url("/", "https://localhost"));
        BOOST_TEST(told(page) == "200 hello");
    };
    co_await talk_to(server, talk);
    BOOST_TEST((weir::test::is_simulated() || resumed == 1));
}

RING_TEST(a_certificate_that_nobody_trusts_ends_the_request_in_its_handshake) {
    std::size_t resumed = 0;
    answering_server server(say_hello, serving(resumed));
    const auto talk = [&]() -> task<> {
        http::client stranger(co_await weir::this_task());
        const auto page = co_await stranger.get(server.url("/", "https://localhost"));
        BOOST_TEST(
            (!page && page.error().code() == make_error_code(weir::tls::errc::issuer_unknown)));
        BOOST_TEST((page || page.error().phase() == http::client_phase::tls));
        http::client client(co_await weir::this_task(), trusting());
        const auto other = co_await client.get(server.url("/", "https://127.0.0.1"));
        BOOST_TEST(
            (!other && other.error().code() == make_error_code(weir::tls::errc::host_mismatch)));
    };
    co_await talk_to(server, talk);
}

RING_TEST(a_body_that_ends_with_the_stream_is_cut_off_unless_tls_says_that_it_ended) {
    auto acceptor = weir::test::listen_on_loopback();
    const auto context = weir::test::must_serve(weir::test::serving_options());
    const std::string where =
        "https://localhost:" + std::to_string(acceptor.local_endpoint().port());
    const auto ask = [&]() -> task<> {
        http::client client(co_await weir::this_task(), trusting());
        const auto page = co_await client.get(where);
        BOOST_TEST((!page && page.error().code() == make_error_code(weir::tls::errc::truncated)));
        BOOST_TEST((page || page.error().phase() == http::client_phase::body));
    };
    co_await weir::test::together(
        say_and_break(acceptor, context, "HTTP/1.1 200 OK\r\n\r\nhalf of it"), ask());
}

RING_TEST(long_bodies_pass_over_tls_both_ways) {
    const auto echo = [](http::exchange& exchange) -> task<result<void>> {
        weir::buffer_lease piece = co_await weir::ok(exchange.body().read());
        co_await weir::ok(exchange.answer().start(http::status::ok, {}));
        while (!piece.empty()) {
            co_await weir::ok(exchange.answer().write(std::move(piece)));
            piece = co_await weir::ok(exchange.body().read());
        }
        co_return co_await exchange.answer().finish();
    };
    std::size_t resumed = 0;
    http::server_options allowing = serving(resumed);
    allowing.request.max_body_bytes(10'000'000);
    answering_server server(echo, allowing);
    const auto talk = [&]() -> task<> {
        http::client_options options = trusting();
        options.max_body_bytes = 10'000'000;
        http::client client(co_await weir::this_task(), options);
        const std::size_t size = weir::test::is_simulated() ? 200'000 : 5'000'000;
        weir::test::pattern run;
        const auto sent = run.take(size);
        http::client_request request("POST",
                                     *http::url::parse(server.url("/", "https://localhost")));
        request.body().assign(weir::as_text(sent));
        const auto page = co_await client.send(request);
        BOOST_TEST((page && page->body() == request.body()));
    };
    co_await talk_to(server, talk);
}

namespace {

constexpr int warm_up = 400;
constexpr int measured = 2000;

/// What the heap gave for `measured` requests and their responses, on both sides.
task<std::uint64_t> allocations_of(http::client_options options, const std::string& where,
                                   std::size_t& read) {
    http::client client(co_await weir::this_task(), options);
    http::client_request request("GET", *http::url::parse(where));
    static_cast<void>(request.headers().add("Accept", "*/*"));
    std::uint64_t before = 0;
    for (int i = 0; i < warm_up + measured; ++i) {
        if (i == warm_up) before = weir::test::allocations();
        auto page = co_await client.start(request);
        if (!page) break;
        for (;;) {
            const auto piece = co_await page->read();
            if (!piece || piece->empty()) break;
            read += piece->size();
        }
    }
    co_return weir::test::allocations() - before;
}

}  // namespace

RING_TEST(a_request_on_a_kept_connection_takes_no_memory) {
    if (weir::test::is_simulated()) co_return;  // which has its own
    std::size_t resumed = 0;
    http::server_options many;
    many.max_requests = 1'000'000;
    http::server_options secure = serving(resumed);
    secure.max_requests = 1'000'000;
    answering_server plain(say_hello, many);
    answering_server over_tls(say_hello, secure);
    const auto measure = [&]() -> task<> {
        std::size_t read = 0;
        const auto taken = co_await allocations_of({}, plain.url(), read);
        BOOST_TEST(read == 5U * (warm_up + measured));
        const auto options = trusting();
        const auto with_tls =
            co_await allocations_of(options, over_tls.url("/", "https://localhost"), read);
        BOOST_TEST(read == 10U * (warm_up + measured));
        BOOST_TEST_MESSAGE(taken << " allocations for " << measured << " requests, " << with_tls
                                 << " over TLS");
        if (!weir::test::allocations_are_counted()) co_return;
        BOOST_TEST(taken == 0U);
        // The block that opened records lie in is a new one from time to time.
        BOOST_TEST(with_tls <= measured / 100U);
    };
    const auto talk = [&]() -> task<> { co_await talk_to(over_tls, measure); };
    co_await talk_to(plain, talk);
}

BOOST_AUTO_TEST_SUITE_END()
