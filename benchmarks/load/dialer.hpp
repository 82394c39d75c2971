// SPDX-License-Identifier: Apache-2.0
// dialer: opens one connection of the load, paced by the ramp-up.
#pragma once

#include "load_shard.hpp"

#include <weir/coro/task.hpp>
#include <weir/net/tcp_socket.hpp>
#include <weir/ws/connection.hpp>

#include <cstddef>

/// Opens connection number `index` of all; the source address follows from the number.
/// Errors: those of connecting, and of the handshake; all of them have been counted.
[[nodiscard]] weir::task<weir::result<weir::net::tcp_socket>> dial_tcp(load_shard& load,
                                                                       std::size_t index);
[[nodiscard]] weir::task<weir::result<weir::ws::connection>> dial_websocket(load_shard& load,
                                                                            std::size_t index);
