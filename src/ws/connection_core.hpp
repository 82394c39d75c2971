// SPDX-License-Identifier: Apache-2.0
// connection_core: what a connection's handle points at: the socket, the protocol session, and the
// keep-alive timer. It takes received bytes straight from the receiver, so that an idle connection
// needs no coroutine of its own.
//
//   open --close frame sent--> closing --peer's close / end of stream / error--> ended
//        --peer's close (answered) / protocol error (told) / end of stream / silence--> ended
#pragma once

#include <weir/coro/detail/frame_pool.hpp>
#include <weir/io/timer.hpp>
#include <weir/ws/connection.hpp>

#include <functional>
#include <memory>
#include <string>

namespace weir::ws::detail {

class connection_core final : public weir::detail::pooled,
                              private net::detail::receive_waiter,
                              private net::detail::sender::idle_listener,
                              private timer {
public:
    explicit connection_core(net::stream_socket socket, role side,
                             const connection_options& options, buffer_lease early,
                             deflate_agreement deflate);
    ~connection_core();

    /// Gives the next message, or the end, to `reader`, now (returns true) or later.
    [[nodiscard]] bool read(connection::receive_awaiter& reader);
    void forget_reader() noexcept;

    /// Queues a message; false when none can be sent any more.
    bool queue(message_kind kind, bytes payload);
    bool queue(message&& received);
    bool queue(const prepared_message& shared);
    bool queue_ping(bytes payload);
    bool start_close(close_code code, std::string_view reason);

    [[nodiscard]] net::detail::sender& sender() noexcept { return socket_.core().sender(); }
    [[nodiscard]] net::stream_socket& socket() noexcept { return socket_; }
    [[nodiscard]] const ws::session& session() const noexcept { return session_; }
    [[nodiscard]] const connection_options& options() const noexcept { return options_; }
    [[nodiscard]] close_code peer_code() const noexcept { return peer_code_; }
    [[nodiscard]] const std::string& peer_reason() const noexcept;
    [[nodiscard]] std::chrono::nanoseconds round_trip() const noexcept { return round_trip_; }
    [[nodiscard]] const std::string& protocol() const noexcept;
    void set_protocol(std::string name) { extras().protocol = std::move(name); }
    void listen_to_pongs(std::function<void(bytes)> listener) {
        extras().pong_listener = std::move(listener);
    }
    [[nodiscard]] bool has_ended() const noexcept { return end_category_ != nullptr; }
    /// How it ended; none while it has not.
    [[nodiscard]] std::error_code end() const noexcept {
        return has_ended() ? std::error_code(end_value_, *end_category_) : std::error_code();
    }
    /// Whether a message, ping or pong can still be queued.
    [[nodiscard]] bool may_queue() noexcept;
    /// `close` is over, and the socket with it; `how` is none after a regular end.
    void close_ended(std::error_code how) noexcept;
    /// Whether bytes have come since this was asked last.
    [[nodiscard]] bool take_sign_of_life() noexcept {
        const bool was_silent = is_silent_;
        is_silent_ = true;
        return !was_silent;
    }
    /// Copies received bytes that wait to be parsed out of memory that other sockets wait for:
    /// called when the peer decides how long they wait.
    void release_shared_memory();
    /// Gives back what can be had again; returns how many bytes.
    std::size_t hibernate();

private:
    enum class step { message, need_data, ended };

    [[nodiscard]] mutable_bytes direct_space() noexcept override;
    [[nodiscard]] bool take_direct(std::size_t size) noexcept override;
    [[nodiscard]] bool take_bytes(buffer_lease&& arrived) noexcept override;
    void take_end(std::error_code error) noexcept override;
    void sender_idle() noexcept override;

    /// Queues a message that has no room for its header before it, or shall not leave as it is.
    bool queue_apart(message&& received);
    /// Whether a message of that size is to be compressed.
    [[nodiscard]] bool compresses(std::size_t size) const noexcept;
    [[nodiscard]] const deflate_options& deflating() const noexcept;
    /// Queues a message compressed; false when it does not shrink.
    [[nodiscard]] bool queue_compressed(message_kind kind, bytes payload);
    [[nodiscard]] bool queue_compressed(const prepared_message& shared);

    [[nodiscard]] step advance(message& out);
    /// The usual case of `advance`, inlined: a whole message of one frame lies in front. Where it
    /// is another, `need_data` only says that nothing was done.
    [[nodiscard]] step take_whole(message& out);
    /// Returns whether the reader has got what it waits for.
    [[nodiscard]] bool tell_reader(step taken) noexcept;
    /// Gives the reader the next message, or the end, if it is there.
    [[nodiscard]] bool serve_reader();
    [[nodiscard]] bool serve_reader_quickly();
    /// Takes the message that has arrived; `rest` of the chunk lies behind it.
    void take_message(const event& arrived, mutable_bytes rest, message& out);
    void take_from_chunk(const event& arrived, mutable_bytes rest, message& out);
    void answer_close(const event& arrived);
    void fail_protocol(const event& broken);
    [[nodiscard]] step fail_text();
    [[nodiscard]] bool has_unsent_pongs() const noexcept {
        return extras_ != nullptr && extras_->pongs_end != 0;
    }
    void note_sent_pongs() noexcept;
    void end(std::error_code how) noexcept;

    void expired() noexcept override;
    void arm_keepalive(std::chrono::milliseconds delay) noexcept;
    void note_sign_of_life() noexcept { is_silent_ = false; }
    /// A message comes or goes. Nearly all connections hold nothing, and cost nothing here.
    void note_activity() {
        if (session_.may_hold_memory()) begin_idleness();
    }
    void begin_idleness();
    /// Has the timer ask, where no keep-alive does.
    void await_idleness() noexcept;
    void hibernate_if_due();
    /// Since the last message; only where `active` is kept.
    [[nodiscard]] std::chrono::milliseconds idle() const noexcept;

    /// A moment or a time between two, of which it can tell up to 71 minutes.
    using short_time = std::chrono::duration<std::uint32_t, std::micro>;
    [[nodiscard]] static short_time now() noexcept {
        return std::chrono::duration_cast<short_time>(reactor::current().now().time_since_epoch());
    }

    /// A moment of which it can tell up to 49 days.
    using coarse_time = std::chrono::duration<std::uint32_t, std::milli>;
    [[nodiscard]] static coarse_time coarse_now() noexcept {
        return std::chrono::duration_cast<coarse_time>(reactor::current().now().time_since_epoch());
    }

    /// What few connections have.
    struct extra_state : weir::detail::pooled {
        std::string protocol;
        std::string peer_reason;
        std::function<void(bytes)> pong_listener;
        /// Where the last queued pong ends in the stream that is sent; 0 = none is queued.
        std::uint64_t pongs_end = 0;
        /// When the last message came or went, of those that hold memory worth giving back.
        coarse_time active{};
        bool is_hibernating = false;
    };
    [[nodiscard]] extra_state& extras();

    // An idle connection is judged by its bytes: small members fill the gaps between large ones.
    close_code peer_code_ = close_code::no_status;
    int end_value_ = 0;
    net::stream_socket socket_;
    const connection_options& options_;
    buffer_lease chunk_;  // received and not yet parsed
    connection::receive_awaiter* reader_ = nullptr;
    const std::error_category* end_category_ = nullptr;  // null while it has not ended
    std::unique_ptr<extra_state> extras_;
    short_time ping_sent_{};
    short_time round_trip_{};
    [[no_unique_address]] ws::session session_;
    bool is_silent_ : 1 = true;
    bool awaits_pong_ : 1 = false;  // of any ping: for `round_trip`
    bool was_probed_ : 1 = false;   // by a ping of the keep-alive
    std::uint16_t gap_ = 0;         // free bytes before `chunk_`, left by messages taken from it
};

static_assert(sizeof(connection_core) <= 160);

}  // namespace weir::ws::detail
