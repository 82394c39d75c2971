// SPDX-License-Identifier: Apache-2.0
// A compressed WebSocket echo over Boost.Beast: one thread, callbacks, whole messages, its own
// defaults of permessage-deflate (level 8, 4 KiB of hash memory) or a level that is given.
//
//   beast_deflate --listen HOST:PORT [--level N] [--cpu N]
#include "../echo/command_line.hpp"

#include <utility>  // Boost 1.74 does not say that it uses std::exchange

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using beast::error_code;

using executor = asio::io_context::executor_type;
using tcp_socket = asio::basic_stream_socket<tcp, executor>;
using tcp_acceptor = asio::basic_socket_acceptor<tcp, executor>;

/// Owns itself: it is deleted by the handler that finds the stream ended.
class session {
public:
    session(tcp_socket socket, const websocket::permessage_deflate& options)
        : stream_(std::move(socket)) {
        stream_.set_option(options);
        stream_.auto_fragment(false);
    }

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

    websocket::stream<tcp_socket, true> stream_;
    beast::flat_buffer buffer_;
};

void accept_next(tcp_acceptor& acceptor, const websocket::permessage_deflate& options) {
    acceptor.async_accept([&](error_code error, tcp_socket socket) {
        if (!error) (new session(std::move(socket), options))->start();
        accept_next(acceptor, options);
    });
}

}  // namespace

int main(int argc, char** argv) {
    const echo::flags flags(argc, argv);
    echo::pin_to(static_cast<int>(flags.number("--cpu", -1)));
    websocket::permessage_deflate options;
    options.server_enable = true;
    options.compLevel = static_cast<int>(flags.number("--level", options.compLevel));
    asio::io_context context(1);
    tcp_acceptor acceptor(context.get_executor());
    const auto where = echo::parse_endpoint(flags.text("--listen", "127.0.0.1:0"));
    acceptor.assign(tcp::v4(), echo::listen_on(where, 0));
    echo::announce(acceptor.native_handle());
    accept_next(acceptor, options);
    context.run();
}
