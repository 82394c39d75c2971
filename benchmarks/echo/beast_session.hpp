// SPDX-License-Identifier: Apache-2.0
// A WebSocket echo over Boost.Beast with callbacks: a flat_buffer kept per connection, whole
// messages, no per-read timers. How a stream is tuned is for the program to say.
#pragma once

// Boost 1.74 knows neither clang's coroutines by itself nor that it uses std::exchange.
#define BOOST_ASIO_HAS_CO_AWAIT 1
#define BOOST_ASIO_HAS_STD_COROUTINE 1
#include <utility>

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <cstddef>

namespace echo {

using beast_executor = boost::asio::io_context::executor_type;
using beast_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, beast_executor>;
using beast_acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, beast_executor>;
template <bool deflates>
using beast_stream = boost::beast::websocket::stream<beast_socket, deflates>;

/// Owns itself: it is deleted by the handler that finds the stream ended.
template <bool deflates>
class beast_session {
public:
    using error_code = boost::beast::error_code;

    template <class Tune>
    beast_session(beast_socket socket, Tune& tune) : stream_(std::move(socket)) {
        tune(stream_);
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

    beast_stream<deflates> stream_;
    boost::beast::flat_buffer buffer_;
};

/// Serves all who come; `tune(stream)` is called for each of them, so it outlives the acceptor.
template <bool deflates, class Tune>
void accept_beast_sessions(beast_acceptor& acceptor, Tune& tune) {
    acceptor.async_accept([&acceptor, &tune](boost::beast::error_code error, beast_socket socket) {
        if (!error) (new beast_session<deflates>(std::move(socket), tune))->start();
        accept_beast_sessions<deflates>(acceptor, tune);
    });
}

}  // namespace echo
