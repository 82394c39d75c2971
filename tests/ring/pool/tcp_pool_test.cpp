// SPDX-License-Identifier: Apache-2.0
// A pool of TCP connections to a server that answers late, in pieces, not at all, or breaks: a
// client may be stopped at any byte, and no reply is ever given to another request.
#include "streams.hpp"

#include <weir/base/random.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/net/tcp_acceptor.hpp>
#include <weir/net/tcp_socket.hpp>
#include <weir/pool/pool.hpp>
#include <weir/sync/task_group.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <utility>

using weir::net::tcp_socket;
using weir::test::turns;

BOOST_AUTO_TEST_SUITE(tcp_pool_test)

namespace {

using socket_pool = weir::pool<tcp_socket>;
using message = std::array<std::byte, sizeof(std::uint64_t)>;

message message_of(std::uint64_t number) {
    message out;
    std::memcpy(out.data(), &number, out.size());
    return out;
}
std::uint64_t number_in(const message& from) {
    std::uint64_t number = 0;
    std::memcpy(&number, from.data(), from.size());
    return number;
}

/// How a server behaves. Without troubles it answers each request with its number, at once.
class behaviour {
public:
    explicit behaviour(std::uint64_t seed, double trouble) : chance(seed), trouble_(trouble) {}
    [[nodiscard]] bool has_trouble() { return chance.chance(trouble_); }

    weir::random chance;

private:
    double trouble_;
};

weir::task<weir::result<void>> read_message(tcp_socket& from, message& into) {
    for (weir::mutable_bytes rest(into); !rest.empty();) {
        const std::size_t size = co_await weir::ok(from.read_some(rest));
        if (size == 0) co_return weir::fail(std::errc::connection_reset);
        rest = rest.subspan(size);
    }
    co_return weir::result<void>();
}

weir::task<> answer(tcp_socket socket, behaviour& as) {
    message request;
    for (;;) {
        const auto read = co_await read_message(socket, request);
        if (!read) co_return;
        if (as.has_trouble()) co_await turns(as.chance.below(8));  // late
        if (as.has_trouble()) co_return;                           // not at all
        const std::size_t cut = as.has_trouble() ? as.chance.below(request.size()) : 0;
        const weir::bytes all(request);
        if (cut > 0) {
            const auto sent = co_await socket.send_copy(all.first(cut));
            if (!sent) co_return;
            co_await turns(as.chance.below(8));
            if (as.has_trouble()) co_return;  // in the middle
        }
        const auto sent = co_await socket.send_copy(all.subspan(cut));
        if (!sent) co_return;
    }
}
weir::task<> serve(weir::net::tcp_acceptor& acceptor, behaviour& as) {
    weir::task_group connections(co_await weir::this_task(), 100);
    while (auto socket = co_await acceptor.accept()) {
        auto started = connections.spawn(answer, std::move(*socket), std::ref(as));
        if (!co_await started) break;
    }
    static_cast<void>(co_await connections.join());
}

/// Where a client leaves: after so many bytes of its request and of the reply.
class leaving_point {
public:
    explicit leaving_point(std::size_t after_sent, std::size_t after_read) noexcept
        : sent(after_sent), read(after_read) {}
    std::size_t sent;
    std::size_t read;
};

/// Asks, and is stopped at the given byte.
weir::task<weir::result<void>> ask_in_part(socket_pool& sockets, leaving_point last) {
    auto socket = co_await weir::ok(sockets.acquire());
    socket.begin_conversation();
    const message request = message_of(1'000'000 + last.sent * 100 + last.read);
    co_await weir::ok(socket->send_copy(weir::bytes(request).first(last.sent)));
    message reply;
    for (std::size_t read = 0; read < last.read; ++read) {
        co_await weir::ok(socket->read_some(weir::mutable_bytes(reply).subspan(read, 1)));
    }
    co_return weir::fail(std::errc::operation_canceled);
}
/// Asks and gives the number that was answered.
weir::task<weir::result<std::uint64_t>> ask(socket_pool& sockets, std::uint64_t number) {
    auto socket = co_await weir::ok(sockets.acquire());
    socket.begin_conversation();
    const message request = message_of(number);
    co_await weir::ok(socket->send_copy(request));
    message reply;
    co_await weir::ok(read_message(*socket, reply));
    socket.end_conversation();
    co_return number_in(reply);
}

/// What clients have seen.
class tally {
public:
    std::uint64_t asked = 0;
    int answered = 0;
    int wrong = 0;
    int failed = 0;
};

weir::task<> stop_after(std::size_t count, weir::stop_source& impatience) {
    co_await turns(count);
    impatience.request_stop();
}
weir::task<> ask_often(socket_pool& sockets, behaviour& with, tally& seen) {
    for (int i = 0; i < 40; ++i) {
        const std::uint64_t number = ++seen.asked;
        weir::stop_source impatience;
        auto asking = weir::with_stop(impatience, ask(sockets, number));
        const std::size_t patience = with.chance.chance(0.5) ? with.chance.below(6) : 30;
        const auto both =
            co_await weir::when_all(std::move(asking), stop_after(patience, impatience));
        const weir::result<std::uint64_t>& reply = std::get<0>(both);
        if (!reply) {
            ++seen.failed;
        } else if (*reply == number) {
            ++seen.answered;
        } else {
            ++seen.wrong;
        }
    }
}

/// Runs `body` with a pool of connections to a server that behaves so.
template <class Body>
weir::task<> with_pool(behaviour& as, const weir::pool_options& options, Body body) {
    auto acceptor = weir::test::listen_on_loopback();
    const auto where = acceptor.local_endpoint();
    weir::task_group server(co_await weir::this_task(), 1);
    static_cast<void>(server.try_spawn(serve, std::ref(acceptor), std::ref(as)));
    {
        const auto open = [where] { return weir::net::connect(where); };
        socket_pool sockets(co_await weir::this_task(), open, options);
        co_await body(sockets);
        static_cast<void>(co_await sockets.drain());
        const auto counted = sockets.statistics();
        BOOST_TEST(counted.lent == 0U);
        BOOST_TEST(counted.opened == counted.closed);
    }
    server.request_stop();
    static_cast<void>(co_await server.join());
}

weir::pool_options up_to(std::size_t max) { return weir::pool_options(0, max); }

weir::task<> leave_at_each_byte() {
    behaviour good(1, 0);
    const auto body = [](socket_pool& sockets) -> weir::task<> {
        std::uint64_t number = 0;
        for (std::size_t sent = 0; sent <= sizeof number; ++sent) {
            // A reply comes only to a whole request.
            const std::size_t readable = sent == sizeof number ? sizeof number : 0;
            for (std::size_t read = 0; read <= readable; ++read) {
                const auto left = co_await ask_in_part(sockets, leaving_point(sent, read));
                weir::test::expect_failure(left);
                ++number;
                const auto reply = co_await ask(sockets, number);
                BOOST_TEST((reply && *reply == number));
            }
        }
        BOOST_TEST(sockets.statistics().poisoned == 17U);
    };
    co_await with_pool(good, up_to(1), body);
}

weir::task<> storm() {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        behaviour bad(seed, 0.15);
        tally seen;
        const auto body = [&](socket_pool& sockets) -> weir::task<> {
            weir::task_group clients(co_await weir::this_task(), 10);
            for (int i = 0; i < 10; ++i) {
                static_cast<void>(
                    clients.try_spawn(ask_often, std::ref(sockets), std::ref(bad), std::ref(seen)));
            }
            static_cast<void>(co_await clients.join());
        };
        co_await with_pool(bad, up_to(4), body);
        BOOST_TEST(seen.wrong == 0, "seed " << seed);
        BOOST_TEST(seen.answered > 50, "seed " << seed << ": " << seen.answered);
        BOOST_TEST(seen.failed > 50, "seed " << seed << ": " << seen.failed);
    }
}

/// Whoever has been quiet must be asked: the server may have closed the connection meanwhile.
class probing_factory {
public:
    explicit probing_factory(weir::net::endpoint where) noexcept : where_(where) {}
    [[nodiscard]] weir::task<weir::result<tcp_socket>> open() { return weir::net::connect(where_); }
    [[nodiscard]] weir::task<weir::result<void>> validate(tcp_socket& socket) {
        const message probe = message_of(~std::uint64_t{0});
        co_await weir::ok(socket.send_copy(probe));
        message reply;
        co_await weir::ok(read_message(socket, reply));
        co_return weir::result<void>();
    }
    [[nodiscard]] weir::task<weir::result<void>> close(tcp_socket socket) {
        co_return co_await socket.close();
    }

private:
    weir::net::endpoint where_;
};

weir::task<> dead_connection() {
    behaviour good(1, 0);
    auto acceptor = weir::test::listen_on_loopback();
    weir::task_group server(co_await weir::this_task(), 1);
    auto options = up_to(2);
    options.validate_after = std::chrono::nanoseconds(0);
    {
        probing_factory factory(acceptor.local_endpoint());
        socket_pool sockets(co_await weir::this_task(), factory, options);
        // The first server is restarted while a connection to it is idle.
        static_cast<void>(server.try_spawn(serve, std::ref(acceptor), std::ref(good)));
        const auto before = co_await ask(sockets, 1);
        BOOST_TEST((before && *before == 1U));
        server.request_stop();
        static_cast<void>(co_await server.join());
        weir::task_group restarted(co_await weir::this_task(), 1);
        static_cast<void>(restarted.try_spawn(serve, std::ref(acceptor), std::ref(good)));
        const auto after = co_await ask(sockets, 2);
        BOOST_TEST((after && *after == 2U));
        BOOST_TEST(sockets.statistics().invalid == 1U);
        BOOST_TEST(sockets.statistics().opened == 2U);
        static_cast<void>(co_await sockets.drain());
        restarted.request_stop();
        static_cast<void>(co_await restarted.join());
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(whoever_leaves_at_any_byte_leaves_nothing_for_the_next) {
    weir::test::on_reactor(leave_at_each_byte);
}

BOOST_AUTO_TEST_CASE(no_reply_is_ever_given_to_another_request) { weir::test::on_reactor(storm); }

BOOST_AUTO_TEST_CASE(a_connection_that_died_while_it_was_idle_is_replaced) {
    weir::test::on_reactor(dead_connection);
}

BOOST_AUTO_TEST_SUITE_END()
