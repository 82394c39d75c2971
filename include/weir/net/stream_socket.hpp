// SPDX-License-Identifier: Apache-2.0
// stream_socket: a connected stream of bytes, TCP or unix. The handle moves freely, even while
// operations are in flight: their state lives in a core that the handle points at.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/wait_point.hpp>
#include <weir/io/buffer_ring.hpp>
#include <weir/io/send_buffer.hpp>
#include <weir/net/detail/stream_core.hpp>
#include <weir/net/endpoint.hpp>

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <string>
#include <utility>

namespace weir::net {

/// A connected socket. Owns its descriptor. Moves, does not copy; belongs to one shard.
/// At most one task reads and any number may write, each write being whole.
///
/// Destroying it closes the connection: what was accepted for sending is still sent for up to five
/// seconds, and errors go unreported. `co_await close()` waits and reports.
///
/// ```cpp
/// weir::task<weir::result<void>> echo(weir::net::tcp_socket socket) {
///     for (;;) {
///         weir::buffer_lease chunk = co_await weir::ok(socket.receive());
///         if (chunk.empty()) co_return {};
///         co_await weir::ok(socket.send(std::move(chunk)));
///     }
/// }
/// ```
class stream_socket {
public:
    class receive_awaiter;
    class read_awaiter;
    class send_awaiter;
    class close_awaiter;

    /// Takes over a connected, open descriptor. It must not have O_NONBLOCK set: the kernel would
    /// refuse to wait for such a socket on our behalf.
    explicit stream_socket(int fd) : core_(new detail::stream_core(fd)) {}

    /// Receives what has arrived, without a copy: a lease on at least one byte of memory that the
    /// shard's sockets share. Drop it soon.
    ///
    /// @return        the bytes; an empty lease = the peer ended the stream.
    /// Errors:        connection_reset, timed_out, operation_canceled; others unmapped from
    /// recv(2). Cancellation:  bytes already taken from the socket are returned, or kept for the
    /// next read. Concurrency:   one read at a time; a second one is a contract violation.
    /// Allocates:     nothing in the steady state.
    /// Source:        io_uring_prep_recv_multishot(3), kernel >= 6.0; recv(2) for bulk data.
    [[nodiscard]] receive_awaiter receive() noexcept;

    /// Receives at least one byte into `buffer`.
    ///
    /// @param buffer  1 byte or more; borrowed until this completes.
    /// @return        bytes read, 1 ... buffer.size(); 0 = the peer ended the stream.
    /// Errors:        as `receive`.
    /// Cancellation:  as `receive`.
    /// Concurrency:   as `receive`.
    /// Allocates:     nothing in the steady state.
    [[nodiscard]] read_awaiter read_some(mutable_bytes buffer) noexcept;

    /// Queues received bytes for sending, without a copy, and waits while more than 1 MiB is
    /// queued. What is queued during a turn of the loop leaves together at its end.
    ///
    /// Errors:        of this or an earlier send: broken_pipe, connection_reset, timed_out;
    ///                operation_canceled (then nothing was queued).
    /// Cancellation:  bytes that were queued are sent; only the wait for room ends.
    /// Concurrency:   any number of writers; each send is whole and in order of its call.
    /// Source:        io_uring_prep_send(3), io_uring_prep_sendmsg(3).
    [[nodiscard]] send_awaiter send(buffer_lease data);
    /// Queues shared bytes for sending. As above.
    [[nodiscard]] send_awaiter send(const send_buffer& data);
    /// Queues a copy of `data` for sending. As above.
    [[nodiscard]] send_awaiter send_copy(bytes data);

    /// Sends all of `data` without copying it; completes when the kernel has taken every byte.
    ///
    /// @param data    borrowed until this completes.
    /// @return        data.size().
    /// Errors:        as `send`.
    /// Cancellation:  a write that has begun is cut short: the stream is then only good for
    /// closing. Concurrency:   as `send`.
    [[nodiscard]] task<result<std::size_t>> write_all(bytes data);

    /// Waits until everything queued was taken by the kernel, then ends the sending direction.
    /// The peer's bytes can still be received.
    ///
    /// Errors:        as `send`; not_connected.
    /// Cancellation:  the direction may stay open; queued bytes are still sent.
    [[nodiscard]] task<result<void>> shutdown_send();

    /// Closes the connection: waits until what is queued has been sent, then closes the descriptor.
    /// The handle is empty afterwards, whatever the outcome.
    ///
    /// @param linger  how long queued bytes may take, at most.
    /// Errors:        the first error of an earlier send; operation_canceled or timed-out lingering
    ///                drop what is still queued.
    /// Cancellation:  queued bytes are dropped, and the descriptor is closed at once.
    [[nodiscard]] close_awaiter close(
        std::chrono::nanoseconds linger = std::chrono::seconds(5)) noexcept;

    /// Closes at once, and so that the peer cannot take it for an orderly end: its reads end in
    /// connection_reset. What is queued is dropped; the handle is empty afterwards.
    void abort() noexcept;

    [[nodiscard]] bool is_open() const noexcept { return core_ != nullptr; }
    [[nodiscard]] int native_handle() const noexcept { return core().fd(); }
    /// Bytes accepted for sending that the kernel has not taken yet.
    [[nodiscard]] std::size_t queued_bytes() const noexcept {
        return core().sender().queued_bytes();
    }
    /// Errors: not_connected.
    [[nodiscard]] result<endpoint> local_endpoint() const;
    /// Errors: not_connected.
    [[nodiscard]] result<endpoint> peer_endpoint() const;

    /// The parts, for protocols that drive them directly.
    [[nodiscard]] detail::stream_core& core() const noexcept {
        WEIR_ASSERT(core_ != nullptr, "a socket was used after it was closed or moved away");
        return *core_;
    }

private:
    detail::stream_core_ptr core_;
};

class stream_socket::receive_awaiter final : public wait_point, private detail::receive_waiter {
public:
    explicit receive_awaiter(detail::receiver& from) noexcept : from_(from) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        return begin(self.promise());
    }
    [[nodiscard]] result<buffer_lease> await_resume() noexcept {
        if (error_) return fail(error_);
        return std::move(arrived_);
    }
    void request_stop() noexcept override;
    void describe(std::string& out) const override;

private:
    [[nodiscard]] bool begin(weir::detail::promise_base& promise) noexcept;
    [[nodiscard]] bool take_bytes(buffer_lease&& arrived) noexcept override;
    void take_end(std::error_code error) noexcept override;

    detail::receiver& from_;
    buffer_lease arrived_;
    std::error_code error_;
};

class stream_socket::read_awaiter final : public wait_point, private detail::receive_waiter {
public:
    explicit read_awaiter(detail::receiver& from, mutable_bytes into) noexcept
        : from_(from), into_(into) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) noexcept {
        return begin(self.promise());
    }
    [[nodiscard]] result<std::size_t> await_resume() const noexcept {
        if (error_) return fail(error_);
        return size_;
    }
    void request_stop() noexcept override;
    void describe(std::string& out) const override;

private:
    [[nodiscard]] bool begin(weir::detail::promise_base& promise) noexcept;
    [[nodiscard]] mutable_bytes direct_space() noexcept override { return into_; }
    [[nodiscard]] bool take_direct(std::size_t size) noexcept override;
    [[nodiscard]] bool take_bytes(buffer_lease&& arrived) noexcept override;
    void take_end(std::error_code error) noexcept override;

    detail::receiver& from_;
    mutable_bytes into_;
    std::size_t size_ = 0;
    std::error_code error_;
};

class stream_socket::send_awaiter final : public wait_queue::waiter {
public:
    explicit send_awaiter(detail::sender& to, buffer_lease&& lease, send_buffer shared,
                          bytes copied) noexcept
        : to_(to), lease_(std::move(lease)), shared_(std::move(shared)), copied_(copied) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        if (note_stop(self.promise()) || !queue()) return false;
        return join(to_.progress(), self.promise());
    }
    result<void> await_resume() const noexcept {
        if (to_.has_failed()) return fail(to_.error());
        if (was_stopped() && !queued_) return fail(std::errc::operation_canceled);
        return {};
    }
    void describe(std::string& out) const override { out += "room in send queue"; }

private:
    /// Queues the bytes; returns whether the writer has to wait for room.
    [[nodiscard]] bool queue();

    detail::sender& to_;
    buffer_lease lease_;
    send_buffer shared_;
    bytes copied_;
    bool queued_ = false;
};

class stream_socket::close_awaiter final : public wait_point, private detail::close_listener {
public:
    explicit close_awaiter(detail::stream_core_ptr core, std::chrono::nanoseconds linger) noexcept
        : core_(std::move(core)), linger_(linger) {}

    [[nodiscard]] bool await_ready() const noexcept { return core_ == nullptr; }
    template <weir::detail::weir_promise P>
    void await_suspend(std::coroutine_handle<P> self) noexcept {
        begin(self.promise());
    }
    result<void> await_resume() const noexcept {
        if (error_) return fail(error_);
        return {};
    }
    void request_stop() noexcept override { closing_->hurry_close(); }
    void describe(std::string& out) const override { out += "close"; }

private:
    void begin(weir::detail::promise_base& promise) noexcept;
    void closed(std::error_code error) noexcept override;

    detail::stream_core_ptr core_;
    detail::stream_core* closing_ = nullptr;
    std::chrono::nanoseconds linger_;
    std::error_code error_;
};

inline stream_socket::receive_awaiter stream_socket::receive() noexcept {
    return receive_awaiter(core().receiver());
}
inline stream_socket::send_awaiter stream_socket::send(buffer_lease data) {
    return send_awaiter(core().sender(), std::move(data), send_buffer(), bytes());
}

}  // namespace weir::net
