// SPDX-License-Identifier: Apache-2.0
// The same WebSocket echo over Boost.Beast, as its users would write it well: one io_context with a
// concurrency hint of 1, a flat_buffer kept per connection, whole messages, no fragmentation of
// replies, no compression, no per-read timers. Callbacks, or awaitables with --coroutines.
//
//   beast_echo --protocol ws --listen HOST:PORT [--cpu N] [--coroutines]
#include "beast_session.hpp"
#include "command_line.hpp"

#include <cstddef>

namespace {

namespace asio = boost::asio;
using executor = echo::beast_executor;
using tcp_socket = echo::beast_socket;
using tcp_acceptor = echo::beast_acceptor;
using ws_stream = echo::beast_stream<false>;

constexpr std::size_t max_message_bytes = std::size_t{16} << 20;

void tune(ws_stream& stream) {
    stream.read_message_max(max_message_bytes);
    // The default cuts a reply into frames of 4 KiB, each with a write of its own.
    stream.auto_fragment(false);
}

template <class T>
using awaitable = asio::awaitable<T, executor>;

awaitable<void> serve(tcp_socket socket) {
    constexpr asio::use_awaitable_t<executor> use_awaitable;
    ws_stream stream(std::move(socket));
    tune(stream);
    boost::beast::flat_buffer buffer;
    boost::beast::error_code error;
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
    acceptor.assign(asio::ip::tcp::v4(), echo::listen_on(options.listen, 0));
    echo::announce(acceptor.native_handle());
    if (flags.given("--coroutines"))
        asio::co_spawn(context.get_executor(), accept_all(acceptor), asio::detached);
    else
        echo::accept_beast_sessions<false>(acceptor, tune);
    context.run();
}
