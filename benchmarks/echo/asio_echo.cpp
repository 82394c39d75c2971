// SPDX-License-Identifier: Apache-2.0
// The same TCP echo over Boost.Asio, as its users would write it well: one io_context with a
// concurrency hint of 1, one buffer per connection allocated once, one read and one write at a
// time, no strand, no shared_ptr per operation. Callbacks, or awaitables with --coroutines.
//
//   asio_echo --protocol tcp --listen HOST:PORT [--cpu N] [--coroutines] [--buffer-bytes N]
#include "command_line.hpp"

// Boost 1.74 knows neither clang's coroutines by itself nor that it uses std::exchange.
#define BOOST_ASIO_HAS_CO_AWAIT 1
#define BOOST_ASIO_HAS_STD_COROUTINE 1
#include <utility>

#include <boost/asio.hpp>

#include <cstddef>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// The concrete executor instead of the type-erased default: it is worth several per cent.
using executor = asio::io_context::executor_type;
using tcp_socket = asio::basic_stream_socket<tcp, executor>;
using tcp_acceptor = asio::basic_socket_acceptor<tcp, executor>;

/// Owns itself: it is deleted by the handler that finds the stream ended.
class session {
public:
    session(tcp_socket socket, std::size_t buffer_bytes)
        : socket_(std::move(socket)), buffer_(buffer_bytes) {}

    void read() {
        socket_.async_read_some(asio::buffer(buffer_), [this](error_code error, std::size_t n) {
            if (error) {
                delete this;
                return;
            }
            write(n);
        });
    }

private:
    void write(std::size_t n) {
        asio::async_write(socket_, asio::buffer(buffer_.data(), n),
                          [this](error_code error, std::size_t) {
                              if (error) {
                                  delete this;
                                  return;
                              }
                              read();
                          });
    }

    tcp_socket socket_;
    std::vector<char> buffer_;
};

void accept_next(tcp_acceptor& acceptor, std::size_t buffer_bytes) {
    acceptor.async_accept([&acceptor, buffer_bytes](error_code error, tcp_socket socket) {
        if (!error) (new session(std::move(socket), buffer_bytes))->read();
        accept_next(acceptor, buffer_bytes);
    });
}

template <class T>
using awaitable = asio::awaitable<T, executor>;

awaitable<void> serve(tcp_socket socket, std::size_t buffer_bytes) {
    constexpr asio::use_awaitable_t<executor> use_awaitable;
    std::vector<char> buffer(buffer_bytes);
    error_code error;
    for (;;) {
        const std::size_t n = co_await socket.async_read_some(
            asio::buffer(buffer), asio::redirect_error(use_awaitable, error));
        if (error) co_return;
        co_await asio::async_write(socket, asio::buffer(buffer.data(), n),
                                   asio::redirect_error(use_awaitable, error));
        if (error) co_return;
    }
}

awaitable<void> accept_all(tcp_acceptor& acceptor, std::size_t buffer_bytes) {
    constexpr asio::use_awaitable_t<executor> use_awaitable;
    for (;;) {
        tcp_socket socket = co_await acceptor.async_accept(use_awaitable);
        asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), buffer_bytes),
                       asio::detached);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const echo::flags flags(argc, argv);
    const echo::server_options options(flags);
    if (options.websocket) echo::die("asio_echo speaks tcp only; see beast_echo", EINVAL);
    echo::pin_to(options.cpu);
    const auto buffer_bytes = static_cast<std::size_t>(flags.number("--buffer-bytes", 65536));

    asio::io_context context(1);
    tcp_acceptor acceptor(context.get_executor());
    acceptor.assign(tcp::v4(), echo::listen_on(options.listen, 0));
    echo::announce(acceptor.native_handle());
    if (flags.given("--coroutines"))
        asio::co_spawn(context.get_executor(), accept_all(acceptor, buffer_bytes), asio::detached);
    else
        accept_next(acceptor, buffer_bytes);
    context.run();
}
