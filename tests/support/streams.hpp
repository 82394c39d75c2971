// SPDX-License-Identifier: Apache-2.0
// Connected streams for tests: both ends ours, or one of them a plain POSIX socket that can do what
// no client of weir would.
#pragma once

#include "io/kernel.hpp"
#include "simulation.hpp"

#include <weir/base/unique_fd.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/run.hpp>
#include <weir/io/sleep.hpp>
#include <weir/net/stream_socket.hpp>
#include <weir/net/tcp_acceptor.hpp>
#include <weir/net/tcp_socket.hpp>

#include <boost/test/unit_test.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

namespace weir::test {

/// Two ends of one connection.
template <class Stream>
class stream_pair {
public:
    explicit stream_pair(Stream one, Stream other) noexcept
        : a(std::move(one)), b(std::move(other)) {}
    Stream a;
    Stream b;
};

/// Ends the test when `outcome` is an error: it cannot go on without the value.
template <class T>
T must(result<T> outcome) {
    if (!outcome) throw std::system_error(outcome.error(), "the test needs this to succeed");
    if constexpr (!std::is_void_v<T>) return std::move(*outcome);
}

/// The error in `outcome`; none when it holds a value.
template <class T>
[[nodiscard]] std::error_code error_of(const result<T>& outcome) noexcept {
    return outcome ? std::error_code() : outcome.error();
}

// Functions, not BOOST_TEST with a co_await inside: g++ 12 does not get that right.
template <class T>
void expect_success(const result<T>& outcome) {
    BOOST_TEST(outcome.has_value(), (outcome ? std::string() : outcome.error().message()));
}
template <class T>
void expect_failure(const result<T>& outcome) {
    BOOST_TEST(!outcome.has_value());
}

inline void expect_size(const buffer_lease& piece, std::size_t size) {
    BOOST_TEST(piece.size() == size);
}

[[nodiscard]] inline net::tcp_acceptor listen_on_loopback(const net::socket_options& options = {}) {
    return must(net::tcp_acceptor::listen(net::endpoint::loopback(0), options));
}

/// Pairs over TCP on the loopback interface.
class tcp_streams {
public:
    using stream = net::tcp_socket;
    [[nodiscard]] static task<stream_pair<stream>> connect(net::socket_options options = {}) {
        net::tcp_acceptor acceptor = listen_on_loopback(options);
        auto client = must(co_await net::connect(acceptor.local_endpoint(), options));
        auto server = must(co_await acceptor.accept());
        co_return stream_pair<stream>(std::move(client), std::move(server));
    }
};

/// Pairs of unix stream sockets.
class unix_streams {
public:
    using stream = net::stream_socket;
    [[nodiscard]] static task<stream_pair<stream>> connect(net::socket_options = {}) {
        const std::array<int, 2> fds = socket_pair();
        if (fds[0] < 0) std::abort();
        co_return stream_pair<stream>(stream(fds[0]), stream(fds[1]));
    }
};

/// A plain blocking TCP socket that is connected to `where`.
[[nodiscard]] inline unique_fd raw_connect(const net::endpoint& where) {
    unique_fd fd(::socket(where.native()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(fd.value(), where.native(), where.native_size()) != 0) fd.reset();
    return fd;
}

/// Reads `size` bytes from such a socket; fewer if it ends before.
inline std::string raw_read(int fd, std::size_t size) {
    std::string got(size, '\0');
    std::size_t done = 0;
    while (done < size) {
        const ssize_t n = ::recv(fd, got.data() + done, size - done, 0);
        if (n <= 0) break;
        done += static_cast<std::size_t>(n);
    }
    got.resize(done);
    return got;
}

/// Makes the next close of `fd` send a reset.
inline void reset_on_close(int fd) {
    const linger now{1, 0};
    if (reactor* loop = reactor::current_or_null()) {
        static_cast<void>(loop->system().set_option(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now));
    } else {
        ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
}

/// One end ours, the other a plain socket.
class half_raw_pair {
public:
    explicit half_raw_pair(net::tcp_socket accepted, unique_fd raw) noexcept
        : ours(std::move(accepted)), theirs(std::move(raw)) {}
    net::tcp_socket ours;
    unique_fd theirs;
};

[[nodiscard]] inline task<half_raw_pair> raw_peer(net::socket_options options = {}) {
    net::tcp_acceptor acceptor = listen_on_loopback(options);
    unique_fd theirs = raw_connect(acceptor.local_endpoint());
    auto ours = must(co_await acceptor.accept());
    co_return half_raw_pair(std::move(ours), std::move(theirs));
}

/// Runs a coroutine function on a fresh reactor, or on simulated ones (simulation.hpp).
template <class Body>
void on_reactor(Body&& body, const reactor_options& options = {}) {
    if (is_simulated()) return run_simulated([&body] { return task<>(body()); }, options);
    auto main = body();
    run(std::move(main), options);
}

/// Lets the loop ask the kernel `count` times. (A yield alone need not: it only lets others run.)
[[nodiscard]] inline task<> turns(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        static_cast<void>(co_await sleep_for(std::chrono::nanoseconds(0)));
    }
}

}  // namespace weir::test
