// SPDX-License-Identifier: Apache-2.0
// The same WebSocket echo over Boost.Beast, as its users would write it well: one io_context with a
// concurrency hint of 1, a flat_buffer kept per connection, whole messages, no fragmentation of
// replies, no compression, no per-read timers. Callbacks, or awaitables with --coroutines.
//
//   beast_echo --protocol ws --listen HOST:PORT [--cpu N] [--coroutines]
#include "command_line.hpp"

// Boost 1.74 knows neither clang's coroutines by itself nor that it uses std::exchange.
#define BOOST_ASIO_HAS_CO_AWAIT 1
#define BOOST_ASIO_HAS_STD_COROUTINE 1
#include <utility>

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <cstddef>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using beast::error_code;

using executor = asio::io_context::executor_type;
using tcp_socket = asio::basic_stream_socket<tcp, executor>;
using tcp_acceptor = asio::basic_socket_acceptor<tcp, executor>;
using ws_stream = websocket::stream<tcp_socket, false>;

constexpr std::size_t max_message_bytes = std::size_t{16} << 20;

void tune(ws_stream& stream) {
    stream.read_message_max(max_message_bytes);
    // The default cuts a reply into frames of 4 KiB, each with a write of its own.
    stream.auto_fragment(false);
}

/// Owns itself: it is deleted by the handler that finds the stream ended.
class session {
public:
    explicit session(tcp_socket socket) : stream_(std::move(socket)) { tune(stream_); }

    void start() {
        stream_.async_accept([this](error_code error) { error ? end() : read(); });
    }

private:
    void read() {
        stream_.async_read(buffer_,
                           [this](error_code error, std::size_t) { error ? end() : write(); });
    }
    void write() {
        stream_.text(stream_.got_text());
        stream_.async_write(buffer_.data(), [this](error_code error, std::size_t) {
            buffer_.clear();
            error ? end() : read();
        });
    }
    void end() { delete this; }

    ws_stream stream_;
    beast::flat_buffer buffer_;
};

void accept_next(tcp_acceptor& acceptor) {
    acceptor.async_accept([&acceptor](error_code error, tcp_socket socket) {
        if (!error) (new session(std::move(socket)))->start();
        accept_next(acceptor);
    });
}

template <class T>
using awaitable = asio::awaitable<T, executor>;

awaitable<void> serve(tcp_socket socket) {
    constexpr asio::use_awaitable_t<executor> use_awaitable;
    ws_stream stream(std::move(socket));
    tune(stream);
    beast::flat_buffer buffer;
    error_code error;
    co_await stream.async_accept(asio::redirect_error(use_awaitable, error));
    while (!error) {
        co_await stream.async_read(buffer, asio::redirect_error(use_awaitable, error));
        if (error) co_return;
        stream.text(stream.got_text());
        co_await stream.async_write(buffer.data(), asio::redirect_error(use_awaitable, error));
        buffer.clear();
    }
}

awaitable<void> accept_all(tcp_acceptor& acceptor) {
    constexpr asio::use_awaitable_t<executor> use_awaitable;
    for (;;) {
        tcp_socket socket = co_await acceptor.async_accept(use_awaitable);
        asio::co_spawn(acceptor.get_executor(), serve(std::move(socket)), asio::detached);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const echo::flags flags(argc, argv);
    const echo::server_options options(flags);
    if (!options.websocket) echo::die("beast_echo speaks ws only; see asio_echo", EINVAL);
    echo::pin_to(options.cpu);

    asio::io_context context(1);
    tcp_acceptor acceptor(context.get_executor());
    acceptor.assign(tcp::v4(), echo::listen_on(options.listen, 0));
    echo::announce(acceptor.native_handle());
    if (flags.given("--coroutines"))
        asio::co_spawn(context.get_executor(), accept_all(acceptor), asio::detached);
    else
        accept_next(acceptor);
    context.run();
}
