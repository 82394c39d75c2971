// SPDX-License-Identifier: Apache-2.0
// send_queue: what a stream socket has yet to send.
//
// At most one send is in flight, because two on one stream interleave. What is queued during a turn
// leaves together at its end (corking): small pieces are copied side by side, large ones are
// gathered where they lie. A peer that does not read never holds a shared receive buffer: what the
// socket, or the record layer, does not take at once is copied out of it.
//
// Under a record layer (TLS) the pieces at the front are sealed into records when it is their turn,
// so many that the socket is kept busy and the rest can still be joined:
//
//   first_                 last_record_                last_
//   record, record, ... record   |   contents, contents, ...
//
// Where the kernel seals (kTLS) pieces leave as they are, and the layer's last message as a record
// of its own, with its type beside it. It is sent when the socket has room, and counts as sent when
// it has room again: until then the kernel may keep records back that a close would lose.
//
// Large shared bytes are sent without a copy where the kernel can (`zero_copy_send`).
//
//   empty --push--> queued --turn ends--> in flight --completion--> gone, queued, or in flight
//   again
//                                          \--error--> gone: the bytes are dropped, writers told
#pragma once

#include <weir/coro/detail/frame_pool.hpp>
#include <weir/coro/wait_queue.hpp>
#include <weir/io/operation.hpp>
#include <weir/io/reactor.hpp>
#include <weir/net/detail/sender.hpp>

namespace weir::net::detail {

class send_queue final : public operation, public turn_end_hook, public weir::detail::pooled {
public:
    explicit send_queue(sender& owner) noexcept : owner_(owner) {}
    ~send_queue() {
        if (turn_end_hook::is_linked()) turn_end_hook::unlink();
        if (first_ != nullptr) drop_all();
    }

    void push_copy(bytes data);
    /// Leaves `data` empty.
    void push(buffer_lease&& data);
    void push(const send_buffer& data);
    void push_borrowed(bytes data);
    [[nodiscard]] mutable_bytes append(std::size_t size);
    [[nodiscard]] mutable_bytes append_record(std::size_t size);
    [[nodiscard]] mutable_bytes append_message(std::uint8_t record_type, std::size_t size);
    /// Whether no contents stand before the layer's last message.
    [[nodiscard]] bool only_ends() const noexcept;
    /// The owner refuses contents: drops them, now or when the send in flight has ended, says the
    /// layer's last message if the socket takes it, and fails.
    void refuse_contents() noexcept;
    void push_end();
    /// The layer seals again.
    void go_on() noexcept {
        must_wait_ = false;
        schedule();
    }

    [[nodiscard]] std::size_t queued_bytes() const noexcept { return queued_; }
    /// Whether a send is in flight, of either kind.
    [[nodiscard]] bool is_busy() const noexcept { return is_active() || zero_copy_ != nullptr; }
    [[nodiscard]] wait_queue& progress() noexcept { return progress_; }

    /// The owner has failed: drops what is queued, now or when the send in flight has ended.
    void abandon() noexcept;

    void prepare(io_uring_sqe& sqe) noexcept override;
    void complete(int result, std::uint32_t flags, bool more) noexcept override;
    void turn_ends() noexcept override;
    /// The result of the zero-copy send in flight; its notification concerns only the sender.
    void zero_copy_completed(int result) noexcept;

private:
    struct piece;

    void push_apart(buffer_lease&& data);
    piece& add(piece* made) noexcept;
    /// Moves the only piece, of copied bytes, to where it has room for `more`.
    [[nodiscard]] bool try_grow(std::size_t more);
    void schedule() noexcept;
    /// Whether only the peer can have what is queued leave.
    [[nodiscard]] bool waits_for_peer() const noexcept {
        return must_wait_ || (is_active() && may_block_);
    }
    /// Seals as many pieces as should be in flight. Returns whether there is something to send.
    [[nodiscard]] bool seal_pieces();
    /// Seals `next` and what follows it, up to a record if those are small; `size` becomes the
    /// number of bytes of contents.
    [[nodiscard]] sealing seal_some(const piece& next, std::size_t& size);
    /// The first contents that are not in a record yet; null = none.
    [[nodiscard]] piece* unsealed() const noexcept;
    /// Takes the first `size` bytes of the contents out: they are in the last record now.
    void drop_sealed(std::size_t size) noexcept;
    /// Whether the send in flight may contain `each`.
    [[nodiscard]] bool can_leave(const piece& each) const noexcept;
    /// The piece that leaves with the one before it, in one send; null = none does.
    [[nodiscard]] piece* joined_to(const piece& before) const noexcept;
    /// What the kernel takes of the first pieces at once, or a negative errno value.
    [[nodiscard]] int send_now() noexcept;
    [[nodiscard]] bool try_send_directly() noexcept;
    /// The message in front, as a record of its own.
    void send_message() noexcept;
    void wait_for_room() noexcept;
    /// The socket has room, or an error.
    void take_room(int result) noexcept;
    [[nodiscard]] bool try_send_zero_copy();
    void take_result(int result) noexcept;
    /// The usual case of `take_result`: with that all is sent that there is, a single piece.
    [[nodiscard]] bool is_end_of_queue(int result) const noexcept;
    void end_queue() noexcept;
    void wait_for_socket() noexcept;
    void advance(std::size_t sent) noexcept;
    void keep_unsent() noexcept;
    void drop_all() noexcept;
    /// Tells writers; when nothing is left, tells the owner's listener and deletes this.
    /// Returns whether the queue still exists and holds bytes.
    [[nodiscard]] bool settle() noexcept;

    sender& owner_;
    piece* first_ = nullptr;
    piece* last_ = nullptr;
    piece* last_record_ = nullptr;
    std::size_t queued_ = 0;
    std::size_t requested_ = 0;  // bytes in the send in flight
    wait_queue progress_;
    zero_copy_send* zero_copy_ = nullptr;
    bool may_block_ = false;  // the send in flight waits for the socket instead of giving up
    bool polls_ = false;      // the request in flight asks for room
    bool has_room_ = false;   // it has said so
    bool must_wait_ = false;  // the layer seals nothing before it has heard more of the peer
};

}  // namespace weir::net::detail
