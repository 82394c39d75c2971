// SPDX-License-Identifier: Apache-2.0
// What server and client say to each other: numbers of eight bytes. A request is its index, its
// answer the same, with one bit more where it was refused.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/task.hpp>
#include <weir/net/tcp_socket.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace overload {

using number = std::uint64_t;
constexpr number refused = number{1} << 63U;

/// Queues one number; the socket keeps those of several tasks whole.
///
/// Errors:        those of send_copy.
/// Cancellation:  as send_copy.
[[nodiscard]] inline weir::task<weir::result<void>> send(weir::net::tcp_socket& to, number value) {
    std::array<std::byte, sizeof value> text{};
    std::memcpy(text.data(), &value, sizeof value);
    co_return co_await to.send_copy(text);
}

/// Reads one number. The end of the stream is an error here: broken_pipe.
///
/// Errors:        those of read_some; broken_pipe.
/// Cancellation:  operation_canceled; a part of a number may be lost.
[[nodiscard]] inline weir::task<weir::result<number>> receive(weir::net::tcp_socket& from) {
    std::array<std::byte, sizeof(number)> text{};
    for (std::size_t have = 0; have < text.size();) {
        const weir::mutable_bytes rest(text.data() + have, text.size() - have);
        const std::size_t more = co_await weir::ok(from.read_some(rest));
        if (more == 0) co_return weir::fail(std::errc::broken_pipe);
        have += more;
    }
    number value = 0;
    std::memcpy(&value, text.data(), sizeof value);
    co_return value;
}

}  // namespace overload
