// SPDX-License-Identifier: Apache-2.0
// A compressed WebSocket echo over Boost.Beast: one thread, callbacks, whole messages, its own
// defaults of permessage-deflate (level 8, 4 KiB of hash memory) or a level that is given.
//
//   beast_deflate --listen HOST:PORT [--level N] [--cpu N]
#include "../echo/beast_session.hpp"
#include "../echo/command_line.hpp"

int main(int argc, char** argv) {
    const echo::flags flags(argc, argv);
    echo::pin_to(static_cast<int>(flags.number("--cpu", -1)));
    boost::beast::websocket::permessage_deflate options;
    options.server_enable = true;
    options.compLevel = static_cast<int>(flags.number("--level", options.compLevel));
    const auto tune = [&options](echo::beast_stream<true>& stream) {
        stream.set_option(options);
        stream.auto_fragment(false);
    };
    boost::asio::io_context context(1);
    echo::beast_acceptor acceptor(context.get_executor());
    const auto where = echo::parse_endpoint(flags.text("--listen", "127.0.0.1:0"));
    acceptor.assign(boost::asio::ip::tcp::v4(), echo::listen_on(where, 0));
    echo::announce(acceptor.native_handle());
    echo::accept_beast_sessions<true>(acceptor, tune);
    context.run();
}
