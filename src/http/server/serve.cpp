// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/serve.hpp>

#include <utility>

#include "server_core.hpp"

namespace weir::http {

task<> serve(net::stream_socket socket, handler answer, server_options options) {
    detail::server_core core(std::move(answer), std::move(options));
    detail::server_connection connection(std::move(socket), core);
    co_await connection.serve();
}

}  // namespace weir::http
