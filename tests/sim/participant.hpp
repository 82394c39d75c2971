// SPDX-License-Identifier: Apache-2.0
// participant: a client of the event server that subscribes, publishes, does not read for a while
// now and then, and comes back when its connection breaks. It writes into the minutes book.
#pragma once

#include "minutes_book.hpp"

#include <weir/coro/task.hpp>
#include <weir/net/endpoint.hpp>

#include <cstddef>
#include <cstdint>

namespace weir::sim::test {

/// Takes part until it is stopped.
[[nodiscard]] task<> take_part(minutes_book& book, std::size_t client, std::uint64_t seed);

/// Opens connections and drops them until it is stopped: the crowd at the door of a server.
[[nodiscard]] task<> knock(net::endpoint server, std::uint64_t seed);

}  // namespace weir::sim::test
