// SPDX-License-Identifier: Apache-2.0
// send_value, receive_value: what a connection says and hears, as values.
#pragma once

#include <weir/base/lifetime.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/ws/connection.hpp>
#include <weir/ws/routing/codec.hpp>

#include <string>

namespace weir::ws {

namespace detail {
[[nodiscard]] task<result<void>> send_encoded(connection& peer, message_kind kind,
                                              std::string payload);
}

/// Sends `value`, which is encoded before this returns.
///
/// ```cpp
/// co_await weir::ok(weir::ws::send_value(peer, reading(21.5)));
/// ```
/// Errors:        those of connection::send.
/// Cancellation:  as connection::send.
template <encodable T>
[[nodiscard]] task<result<void>> send_value(connection& peer WEIR_LIFETIMEBOUND, const T& value) {
    return detail::send_encoded(peer, codec<T>::kind, codec<T>::encode(value));
}

/// Waits for the next message, and gives what it says.
///
/// Errors:        those of the codec, and routing_errc: then the message is gone, and the
///                connection as open as before; those of connection::receive.
/// Cancellation:  as connection::receive.
/// Concurrency:   as connection::receive.
template <decodable T>
[[nodiscard]] task<result<T>> receive_value(connection& peer WEIR_LIFETIMEBOUND) {
    const auto arrived = co_await peer.receive();
    if (!arrived) co_return fail(arrived.error());
    co_return decode<T>(*arrived);
}

}  // namespace weir::ws
