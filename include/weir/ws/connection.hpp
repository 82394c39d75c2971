// SPDX-License-Identifier: Apache-2.0
// connection: a WebSocket connection after its handshake, server or client side: messages in,
// messages out. The protocol is `session`; this moves the bytes and keeps the times.
#pragma once

#include <weir/base/lifetime.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/coro/wait_point.hpp>
#include <weir/coro/wait_queue.hpp>
#include <weir/net/tcp_socket.hpp>
#include <weir/ws/connection_error.hpp>
#include <weir/ws/connection_options.hpp>
#include <weir/ws/deflate/deflate_agreement.hpp>
#include <weir/ws/message.hpp>
#include <weir/ws/protocol/close_code.hpp>
#include <weir/ws/protocol/session.hpp>

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace weir::ws {

namespace detail {
class connection_core;
struct connection_core_closer {
    void operator()(connection_core* core) const noexcept;
};
}  // namespace detail

/// An open WebSocket connection. Owns the socket. Moves, does not copy; belongs to one shard.
/// One task receives, any number may send; every message is sent whole.
///
/// Pings are answered, and silent peers pinged, without any doing of the user, while somebody
/// receives. Destroying it sends a close frame (1001) if none was sent, and lets queued messages
/// leave for up to five seconds.
///
/// ```cpp
/// weir::task<> echo(weir::ws::connection peer) {
///     while (auto message = co_await peer.receive()) {
///         if (!co_await peer.send(std::move(*message))) co_return;
///     }
/// }
/// ```
class connection {
public:
    class receive_awaiter;
    class send_awaiter;

    /// Takes over a socket whose handshake is done. `early` holds bytes received behind it;
    /// `deflate` is what was agreed on about compression.
    explicit connection(net::stream_socket socket, role side,
                        const connection_options& options WEIR_LIFETIMEBOUND,
                        buffer_lease early = {}, deflate_agreement deflate = {});

    /// Waits for the next message.
    ///
    /// @return        a whole text or binary message, inflated, 0 ... max_message_bytes.
    /// Errors:        connection_errc::closed (see `close_code_received`), ended_without_close;
    ///                every protocol_errc (the peer has been told); timed_out (no sign of life);
    ///                those of the socket; operation_canceled.
    /// Cancellation:  nothing is lost: the next call completes a message that is partly there.
    /// Concurrency:   one receive at a time.
    /// Allocates:     nothing for messages that arrive whole and uncompressed.
    /// Source:        RFC 6455 5, 6.2; RFC 7692 7.2.2.
    [[nodiscard]] receive_awaiter receive() noexcept;

    /// Sends a message: queues it and waits while more than 1 MiB is queued. All that is queued
    /// during a turn of the loop leaves together at its end. Compresses it, where that was agreed
    /// on, from `deflate_options::threshold_bytes` on, if it shrinks.
    ///
    /// @param data    borrowed until this completes; copied.
    /// Errors:        connection_errc::closed (a close was sent before); what `receive` ended with;
    ///                those of the socket; operation_canceled (then it was not queued).
    /// Cancellation:  a message that was queued is sent; only the wait for room ends.
    /// Concurrency:   any number of senders; messages leave in the order of the calls.
    /// Source:        RFC 6455 6.1.
    [[nodiscard]] send_awaiter send(message_kind kind, bytes data);
    /// Sends a received message on, without a copy if it is large. As above.
    [[nodiscard]] send_awaiter send(message&& received WEIR_LIFETIMEBOUND);
    /// Sends a message that is encoded already. As above.
    [[nodiscard]] send_awaiter send(const prepared_message& shared WEIR_LIFETIMEBOUND);
    /// A text message; `text` is copied and must be UTF-8. As above.
    [[nodiscard]] send_awaiter send_text(std::string_view text);

    /// Queues a prepared message without waiting, whatever is queued already: the caller looks at
    /// `queued_bytes` and decides about slow consumers. False when nothing can be sent any more.
    bool try_send(const prepared_message& shared);
    /// Queues a ping now. @param payload 0 ... 125 bytes. False when nothing can be sent any more.
    bool try_ping(bytes payload);
    /// Who is told the payload of each pong that is received, asked for or not; empty = nobody. It
    /// must neither throw nor use the connection.
    void listen_to_pongs(std::function<void(bytes)> listener);
    /// Queues a close frame and returns at once; `receive` then ends with `closed` when the peer
    /// has answered. False when a close was sent before. A reason that is no UTF-8 is left out.
    bool start_close(close_code code, std::string_view reason = {});

    /// Gives back now what this connection holds and can have again: `hibernation` says what that
    /// is, and does it to idle connections by itself. @return  how many bytes.
    std::size_t hibernate();

    /// Closes in order: sends a close frame if none was sent, waits for the peer's (its messages
    /// are dropped), lets queued bytes leave, and closes the socket. Each wait lasts at most
    /// `close_timeout`. The connection is of no use afterwards.
    ///
    /// @param code    `no_status` or one that `is_valid_on_wire`; a contract violation otherwise.
    /// @param reason  UTF-8, borrowed until the first suspension; cut to 123 bytes.
    /// Errors:        timed_out (the peer did not answer); what `receive` ended with, except
    ///                closed; operation_canceled.
    /// Cancellation:  the socket is closed without waiting any longer.
    /// Concurrency:   no receive may be in flight, because this receives; to end one that is, let
    ///                another task call `start_close`. A second close only reports again.
    /// Source:        RFC 6455 7.1.1.
    [[nodiscard]] task<result<void>> close(close_code code = close_code::normal,
                                           std::string_view reason = {});

    [[nodiscard]] bool is_open() const noexcept;
    /// Whether bytes have come since this was asked last: for who judges a silent peer by a clock
    /// of its own, instead of the `ping_interval` of the options, which asks the same.
    [[nodiscard]] bool take_sign_of_life() noexcept;
    /// Whether the peer has begun a message that is not whole yet.
    [[nodiscard]] bool is_mid_message() const noexcept;
    /// Bytes queued for sending that the kernel has not taken yet.
    [[nodiscard]] std::size_t queued_bytes() const noexcept;
    /// The peer's close code; `no_status` while there is none or it sent none.
    [[nodiscard]] close_code close_code_received() const noexcept;
    /// What the peer said about it: UTF-8 of 0 ... 123 bytes, for people; empty without a close.
    [[nodiscard]] const std::string& close_reason_received() const noexcept;
    /// The time between the last ping that was answered and its pong; zero before the first.
    [[nodiscard]] std::chrono::nanoseconds round_trip() const noexcept;
    /// The sub-protocol agreed on in the handshake; empty = none.
    [[nodiscard]] const std::string& protocol() const noexcept;
    void set_protocol(std::string name);
    /// What the handshake agreed on about compression.
    [[nodiscard]] deflate_parameters deflate() const noexcept;
    [[nodiscard]] net::stream_socket& socket() noexcept;

private:
    std::unique_ptr<detail::connection_core, detail::connection_core_closer> core_;
};

class connection::receive_awaiter final : public wait_point {
public:
    explicit receive_awaiter(detail::connection_core& core) noexcept : core_(core) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        return begin(self.promise());
    }
    [[nodiscard]] result<message> await_resume() noexcept {
        if (outcome_ == outcome::message) [[likely]]
            return std::move(message_);
        return fail(error());
    }
    void request_stop() noexcept override;
    void describe(std::string& out) const override { out += "websocket message"; }

private:
    friend class detail::connection_core;

    enum class outcome : std::uint8_t { message, ended, stopped };

    [[nodiscard]] bool begin(weir::detail::promise_base& promise);
    void finish(outcome how) noexcept {
        outcome_ = how;
        if (is_waiting()) wake();
    }
    [[nodiscard]] std::error_code error() const noexcept;

    detail::connection_core& core_;
    [[no_unique_address]] message message_;
    outcome outcome_ = outcome::message;
};

class connection::send_awaiter final : public wait_queue::waiter {
public:
    // What is to be queued stays the caller's until then.
    explicit send_awaiter(detail::connection_core& core, message_kind kind, bytes payload) noexcept
        : source_(source::copied),
          kind_(kind),
          core_(core),
          data_(payload.data()),
          size_(payload.size()) {}
    explicit send_awaiter(detail::connection_core& core, message& received) noexcept
        : source_(source::received), core_(core), received_(&received) {}
    explicit send_awaiter(detail::connection_core& core, const prepared_message& shared) noexcept
        : source_(source::prepared), core_(core), prepared_(&shared) {}

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <weir::detail::weir_promise P>
    [[nodiscard]] bool await_suspend(std::coroutine_handle<P> self) {
        if (note_stop(self.promise())) return false;
        return queue() && join(progress(), self.promise());
    }
    result<void> await_resume() const noexcept {
        if (queued_ && !met_full_queue_) [[likely]]
            return {};
        return unusual_outcome();
    }
    void describe(std::string& out) const override { out += "room in send queue"; }

private:
    /// Queues the message; returns whether the sender has to wait for room.
    [[nodiscard]] bool queue();
    [[nodiscard]] result<void> unusual_outcome() const noexcept;
    [[nodiscard]] wait_queue& progress() noexcept;

    enum class source : std::uint8_t { copied, received, prepared };

    bool queued_ = false;
    bool met_full_queue_ = false;
    source source_;
    message_kind kind_{};  // of a copied one
    detail::connection_core& core_;
    union {
        const std::byte* data_;  // copied
        message* received_;
        const prepared_message* prepared_;
    };
    std::size_t size_ = 0;  // of a copied one
};

inline connection::receive_awaiter connection::receive() noexcept {
    return receive_awaiter(*core_);
}
inline connection::send_awaiter connection::send(message_kind kind, bytes data) {
    return send_awaiter(*core_, kind, data);
}
inline connection::send_awaiter connection::send(message&& received) {
    return send_awaiter(*core_, received);
}
inline connection::send_awaiter connection::send(const prepared_message& shared) {
    return send_awaiter(*core_, shared);
}
inline connection::send_awaiter connection::send_text(std::string_view text) {
    return send(message_kind::text, as_bytes(text));
}

}  // namespace weir::ws
