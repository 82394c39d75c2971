// SPDX-License-Identifier: Apache-2.0
// What a client says while its last answer is on the way takes nothing of that from it.
#include <weir/http/server/serve.hpp>

#include "../../unit/http/server/http_peers.hpp"

#include <weir/base/unique_fd.hpp>
#include <weir/net/endpoint.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <thread>
#include <utility>

using namespace weir::http::test;
namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(last_words_test)

namespace {

/// The ends of a TCP connection: a client that takes little at once, and a server's.
std::pair<weir::unique_fd, weir::unique_fd> connected() {
    const weir::unique_fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    weir::unique_fd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int small = 4096;
    ::setsockopt(client.value(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    const auto loopback = weir::net::endpoint::loopback(0);
    sockaddr_storage name{};
    socklen_t size = sizeof name;
    auto* const address = reinterpret_cast<sockaddr*>(&name);
    BOOST_REQUIRE(::bind(listener.value(), loopback.native(), loopback.native_size()) == 0);
    BOOST_REQUIRE(::listen(listener.value(), 1) == 0);
    BOOST_REQUIRE(::getsockname(listener.value(), address, &size) == 0);
    BOOST_REQUIRE(::connect(client.value(), address, size) == 0);
    weir::unique_fd server(::accept4(listener.value(), nullptr, nullptr, SOCK_CLOEXEC));
    return {std::move(client), std::move(server)};
}

/// Asks, says empty lines all the while, and gives how much it heard.
std::size_t babble(int fd, std::string_view request) {
    BOOST_REQUIRE(::send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0);
    std::array<char, 4096> buffer;
    std::size_t heard = 0;
    for (;;) {
        const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (got <= 0) return heard;
        heard += static_cast<std::size_t>(got);
        if (::send(fd, "\r\n", 2, MSG_NOSIGNAL) < 0) return heard;
    }
}

std::size_t heard_after(std::string_view request, const std::string& page) {
    auto [client, server] = connected();
    std::thread serving([&page, fd = server.release()] {
        const auto answer = [&page](http::exchange& exchange) {
            return exchange.respond(http::status::ok, "text/plain", page);
        };
        weir::run(http::serve(weir::net::stream_socket(fd), answer, http::server_options()));
    });
    const std::size_t heard = babble(client.value(), request);
    client = weir::unique_fd();
    serving.join();
    return heard;
}

}  // namespace

BOOST_AUTO_TEST_CASE(empty_lines_amid_the_last_answer_cost_nothing_of_it, WEIR_LINUX_ONLY) {
    const std::string page = text_of(1'500'000);
    for (const char* request :
         {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
        BOOST_TEST(heard_after(request, page) > page.size());
    }
}

BOOST_AUTO_TEST_SUITE_END()
