// SPDX-License-Identifier: Apache-2.0
#include <weir/net/receive_proxy_header.hpp>

#include <weir/coro/ok.hpp>

#include <utility>

namespace weir::net {

task<result<proxy_header>> receive_proxy_header(stream_socket& socket, std::size_t max_bytes) {
    proxy_header_parser parser(max_bytes);
    for (;;) {
        buffer_lease piece = co_await ok(socket.receive());
        if (piece.empty()) co_return fail(std::errc::connection_reset);
        bytes rest = piece.data();
        const auto action = parser.feed(rest);
        if (!action) co_return fail(action.error());
        if (*action != proxy_action::complete) continue;
        if (!rest.empty()) {
            piece.narrow(piece.data().last(rest.size()));
            socket.core().receiver().put_back(std::move(piece));
        }
        co_return parser.header();
    }
}

}  // namespace weir::net
