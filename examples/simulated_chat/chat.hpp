// SPDX-License-Identifier: Apache-2.0
// A small chat service and its client, as they would run in production: nothing here knows that it
// is simulated.
#pragma once

#include <weir/weir.hpp>

#include <string>
#include <vector>

namespace chat {

/// Everybody hears what anybody else says, a line each.
class server {
public:
    weir::task<weir::result<void>> serve(std::uint16_t port);

private:
    weir::task<> attend(weir::net::tcp_socket socket);

    std::vector<weir::net::tcp_socket*> present_;
};

/// Says its name and a number twice a second, and comes back when the connection breaks.
weir::task<> take_part(std::string host, std::uint16_t port, std::string name,
                       std::vector<std::string>& heard);

}  // namespace chat
