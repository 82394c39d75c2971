// SPDX-License-Identifier: Apache-2.0
// server_stream: the socket of a server's connection, what was received and not looked at yet, and
// sends that give up on a peer who takes nothing.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/buffer_ring.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/send_buffer.hpp>
#include <weir/net/stream_socket.hpp>

#include <cstddef>
#include <utility>

namespace weir::http::detail {

class server_core;

class server_stream {
public:
    explicit server_stream(net::stream_socket on, server_core& of)
        : socket(std::move(on)), core(of) {}
    server_stream(const server_stream&) = delete;
    server_stream& operator=(const server_stream&) = delete;

    /// Whether that much more can be sent without a wait.
    [[nodiscard]] bool has_room(std::size_t size) const noexcept;

    /// Sends a copy of `data`; waits while too much is queued.
    ///
    /// Errors:        peer_not_reading; those of the socket; operation_canceled.
    /// Cancellation:  ends the wait; what was queued is sent.
    [[nodiscard]] task<result<void>> send(bytes data);
    /// Sends received bytes where they lie.
    ///
    /// Errors:        as above.
    /// Cancellation:  as above.
    [[nodiscard]] task<result<void>> send(buffer_lease data);
    /// Sends shared bytes where they lie.
    ///
    /// Errors:        as above.
    /// Cancellation:  as above.
    [[nodiscard]] task<result<void>> send(send_buffer data);

    /// Waits until all that is queued has left, as long as the peer goes on taking it.
    ///
    /// Errors:        peer_not_reading; those of the socket; operation_canceled.
    /// Cancellation:  ends the wait; what was queued is sent.
    [[nodiscard]] task<result<void>> all_sent();

    /// Sends all that is queued and ends our direction, as long as the peer goes on taking it.
    ///
    /// Errors:        peer_not_reading; those of the socket; operation_canceled.
    /// Cancellation:  the socket is only good for closing.
    [[nodiscard]] task<result<void>> end_sending();

    /// A handler begins to work while `received` is not empty: if it still is so at the end of this
    /// turn, the bytes move to memory of their own. The handler may wait for long, and other
    /// sockets receive into what they lie in.
    void keep_received() noexcept {
        if (received.is_shared_memory()) reactor::current().at_turn_end(keeper_);
    }

    net::stream_socket socket;
    buffer_lease received;
    server_core& core;

private:
    class received_keeper final : public turn_end_hook {
    public:
        explicit received_keeper(buffer_lease& of) noexcept : of_(of) {}
        ~received_keeper() {
            if (is_linked()) unlink();
        }
        void turn_ends() noexcept override;

    private:
        buffer_lease& of_;
    };

    /// Waits for room behind `size` bytes that `queue` queues.
    /// What must have left at each look after a slow peer; 1 or more.
    [[nodiscard]] std::size_t least_progress() const noexcept;
    template <class Queue>
    [[nodiscard]] task<result<void>> send_slowly(std::size_t size, Queue queue);

    received_keeper keeper_{received};
};

}  // namespace weir::http::detail
