// SPDX-License-Identifier: Apache-2.0
// udp_socket: datagrams.
//
// Datagrams arrive through one multishot request into buffers of the socket's own. Not into those
// that the shard's streams share: these are filled piece by piece, and a datagram that meets the
// rest of a nearly full one would be cut.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/wait_point.hpp>
#include <weir/io/buffer_ring.hpp>
#include <weir/io/op/connect.hpp>
#include <weir/net/detail/datagram_send.hpp>
#include <weir/net/endpoint.hpp>

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace weir::net {

namespace detail {
class datagram_core;
struct datagram_core_closer {
    void operator()(datagram_core* core) const noexcept;
};
}  // namespace detail

/// One datagram, as it arrived. Its memory is one of few: drop it soon.
class datagram {
public:
    datagram() noexcept = default;
    explicit datagram(buffer_lease arrived, const endpoint& source, bool was_cut) noexcept
        : data(std::move(arrived)), from(source), truncated(was_cut) {}

    buffer_lease data;       ///< may be empty: an empty datagram is one, too
    endpoint from;           ///< who sent it
    bool truncated = false;  ///< it was longer than `udp_options::max_datagram_bytes`
};

/// Options of a UDP socket.
class udp_options {
public:
    udp_options() noexcept {}

    /// Longer datagrams arrive cut: 1 ... 65527.
    std::size_t max_datagram_bytes = 2048;
    /// Datagrams that wait while nobody receives, 1 ... 8192; beyond them the oldest is dropped.
    /// Twice as many buffers of `max_datagram_bytes` are allocated.
    unsigned max_queued_datagrams = 64;
    /// SO_RCVBUF / SO_SNDBUF in bytes; 0 = the system's default.
    std::size_t receive_buffer_bytes = 0;
    std::size_t send_buffer_bytes = 0;
    /// SO_REUSEADDR: several sockets on one multicast port.
    bool reuse_address = false;
    /// SO_REUSEPORT: several shards on one port, and the kernel spreads datagrams by their source.
    bool reuse_port = false;
    /// SO_BROADCAST: sending to a broadcast address is allowed.
    bool broadcast = false;
    /// IPV6_V6ONLY: an IPv6 socket takes no IPv4 datagrams.
    bool ipv6_only = false;
};

/// A UDP socket. Owns its descriptor and its buffers. Moves, does not copy; belongs to one shard.
/// Destroying it closes it; datagrams that are held stay valid.
///
/// ```cpp
/// auto socket = weir::net::udp_socket::bind(weir::net::endpoint::loopback(0));
/// while (auto ping = co_await socket->receive()) {
///     auto sent = co_await socket->send_to(ping->data.data(), ping->from);
/// }
/// ```
class udp_socket {
public:
    class receive_awaiter;
    using send_awaiter = detail::datagram_send;

    /// Binds to `where`; port 0 lets the system choose: see `local_endpoint`.
    ///
    /// Errors: address_in_use, permission_denied, address_not_available, too_many_files_open,
    ///         invalid_argument (not an IP address, or options out of their range).
    [[nodiscard]] static result<udp_socket> bind(const endpoint& where,
                                                 const udp_options& options = {});

    /// Sets the peer: `send` goes to it, and only its datagrams are received from then on, along
    /// with the errors that it reports.
    ///
    /// @param peer    borrowed until this completes.
    /// Errors:        network_unreachable, invalid_argument, operation_canceled.
    /// Cancellation:  the peer may or may not be set.
    /// Allocates:     nothing.
    /// Source:        io_uring_prep_connect(3).
    [[nodiscard]] op::connect connect(const endpoint& peer) noexcept;

    /// Waits for the next datagram.
    ///
    /// @return        the datagram; the oldest of those that wait.
    /// Errors:        operation_canceled; bad_file_descriptor after a close; connection_refused
    /// when
    ///                a connected peer said that nobody listens; others unmapped from recvmsg(2).
    /// Cancellation:  nothing is lost: a datagram that arrives is kept for the next call.
    /// Concurrency:   one receive at a time; a second one is a contract violation.
    /// Allocates:     nothing in the steady state.
    /// Source:        io_uring_prep_recvmsg_multishot(3), kernel >= 6.0.
    [[nodiscard]] receive_awaiter receive() noexcept;

    /// Sends one datagram to `to`.
    ///
    /// @param data    0 ... 65507 bytes (IPv4), borrowed until this completes.
    /// @return        data.size(): a datagram is sent as a whole or not at all.
    /// Errors:        message_size (too long), permission_denied (a broadcast that was not
    /// allowed),
    ///                network_unreachable, connection_refused (reported for an earlier one),
    ///                operation_canceled. Success does not mean that it arrived.
    /// Cancellation:  it was sent or not, as the outcome says.
    /// Concurrency:   any number of sends.
    /// Allocates:     nothing.
    /// Source:        io_uring_prep_sendmsg(3).
    [[nodiscard]] send_awaiter send_to(bytes data, const endpoint& to) noexcept;
    /// Sends one datagram to the connected peer.
    ///
    /// Errors:        as `send_to`; destination_address_required without a peer.
    /// Cancellation:  as `send_to`.
    [[nodiscard]] send_awaiter send(bytes data) noexcept;

    /// Receives what is sent to the multicast `group`, on the interface with this number (0 = the
    /// system chooses).
    ///
    /// Errors: invalid_argument, no_such_device.
    [[nodiscard]] result<void> join_multicast(const endpoint& group, unsigned interface_index = 0);
    /// Errors: address_not_available (it was not joined).
    [[nodiscard]] result<void> leave_multicast(const endpoint& group, unsigned interface_index = 0);

    /// Closes the socket. A receive that waits ends with bad_file_descriptor.
    void close() noexcept { core_.reset(); }
    [[nodiscard]] bool is_open() const noexcept { return core_ != nullptr; }
    [[nodiscard]] const endpoint& local_endpoint() const noexcept { return local_; }
    /// Datagrams that were dropped because nobody received them in time. Those that the kernel
    /// dropped before are not counted.
    [[nodiscard]] std::uint64_t dropped_datagrams() const noexcept;
    [[nodiscard]] int native_handle() const noexcept;

private:
    explicit udp_socket(detail::datagram_core* core, const endpoint& local) noexcept;

    [[nodiscard]] result<void> change_membership(const endpoint& group, unsigned interface_index,
                                                 bool joins);

    std::unique_ptr<detail::datagram_core, detail::datagram_core_closer> core_;
    endpoint local_;
};

class udp_socket::receive_awaiter final : public wait_point {
public:
    explicit receive_awaiter(detail::datagram_core& core) noexcept : core_(core) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        return begin(self.promise());
    }
    [[nodiscard]] result<datagram> await_resume() noexcept {
        if (error_) return fail(error_);
        return std::move(arrived_);
    }
    void request_stop() noexcept override;
    void describe(std::string& out) const override { out += "datagram"; }

private:
    friend class detail::datagram_core;

    [[nodiscard]] bool begin(weir::detail::promise_base& promise) noexcept;
    void take(datagram&& arrived) noexcept;
    void take_error(std::error_code error) noexcept;

    detail::datagram_core& core_;
    datagram arrived_;
    std::error_code error_;
};

}  // namespace weir::net
