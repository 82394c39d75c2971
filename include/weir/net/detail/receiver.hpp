// SPDX-License-Identifier: Apache-2.0
// receiver: how bytes come in on one stream socket.
//
// Two ways, and a connection changes between them by what it carries:
//   small  one multishot receive into the shard's shared buffer ring. No system call and no buffer
//          per connection; best up to a few KiB a piece.
//   bulk   a multishot poll says "readable"; the socket then waits for its turn at the shard's one
//          hot buffer, is read there, and its answer is sent before the next socket reads. For
//          large pieces this is the only way that keeps the bytes in the cache (measured: a ring of
//          any shape loses 10-40 % to it at 16 KiB ... 256 KiB).
//
//   small --piece >= bulk_threshold, or the ring ran dry--> bulk
//   bulk  --many small pieces in a row--> small
//   either --nobody reads and max_unread_bytes are queued--> paused --somebody reads--> either
//   either --end of stream, error--> ended
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/io/buffer_ring.hpp>
#include <weir/io/operation.hpp>
#include <weir/io/reactor.hpp>
#include <weir/net/detail/record_layer.hpp>

#include <cstddef>
#include <cstdint>
#include <system_error>

namespace weir::net::detail {

/// Who takes what arrives. Each `take_*` tells whether that satisfied it; a satisfied one is
/// forgotten by the receiver.
class receive_waiter {
public:
    /// Where bulk bytes may be put directly; empty = into a leased buffer.
    [[nodiscard]] virtual mutable_bytes direct_space() noexcept { return {}; }
    [[nodiscard]] virtual bool take_direct(std::size_t size) noexcept;
    [[nodiscard]] virtual bool take_bytes(buffer_lease&& arrived) noexcept = 0;
    /// Nothing more will come; no error = the peer ended the stream.
    virtual void take_end(std::error_code error) noexcept = 0;

protected:
    ~receive_waiter() = default;
};

class unread_queue;

class receiver final : public bulk_reader {
public:
    /// A piece of this size makes a connection a bulk one.
    static constexpr std::size_t bulk_threshold_bytes = 8 * 1024;
    /// So many pieces below half of that in a row make it a small one again.
    static constexpr unsigned small_pieces_to_return = 64;
    /// What is kept for a reader that does not read; then the peer has to wait. The kernel may fill
    /// all buffers of the ring in one go before it hears of that, so these can be kept besides.
    static constexpr std::size_t max_unread_bytes = 64 * 1024;
    /// The same for tiny pieces, each of which costs more memory than it has bytes.
    static constexpr unsigned max_unread_pieces = 32;

    explicit receiver(int fd) noexcept : fd_(fd) {}
    ~receiver();

    /// Gives what is queued, or what arrives later, to `waiter`. Returns true when it was satisfied
    /// at once. One waiter at a time.
    [[nodiscard]] bool wait(receive_waiter& waiter) noexcept;
    /// `waiter` gave up.
    void forget() noexcept {
        if (!closing_) waiter_ = nullptr;
    }
    /// Puts bytes back that were taken but not used; they come first next time.
    void put_back(buffer_lease&& rest) noexcept;

    /// From now on what arrives are records, which `layer` opens. What is queued is taken for
    /// such. Only while nobody waits.
    void set_layer(record_layer& layer) noexcept;

    /// Called when the last completion after `end` has come.
    class end_listener {
    public:
        virtual void receiver_ended() noexcept = 0;

    protected:
        ~end_listener() = default;
    };
    /// Stops receiving for good; the last completion may still be under way (`is_active`). A read
    /// that waits ends with bad_file_descriptor.
    void end(end_listener& listener) noexcept;
    /// Who was given to `end`; only after that.
    [[nodiscard]] end_listener& listener() const noexcept { return *end_listener_; }

    [[nodiscard]] int fd() const noexcept { return fd_; }
    /// What is kept because nobody reads.
    [[nodiscard]] std::size_t unread_bytes() const noexcept;
    /// Whether nothing has come that nobody has read: neither bytes nor the end. Asks the system
    /// where a report may be one of bytes that were read long since. Only while nobody reads.
    [[nodiscard]] bool is_quiet() noexcept;

    void prepare(io_uring_sqe& sqe) noexcept override;
    void complete(int result, std::uint32_t flags, bool more) noexcept override;
    void read_bulk() noexcept override;

private:
    enum class way : std::uint8_t { small, bulk };

    /// Whether what is queued satisfied `waiter`.
    [[nodiscard]] bool give_unread(receive_waiter& waiter) noexcept;
    void complete_small(int result, std::uint32_t flags, bool more) noexcept;
    void complete_bulk(int result) noexcept;
    void disarmed() noexcept;
    class opening;

    void deliver(buffer_lease&& arrived) noexcept;
    void open_records(bytes wire) noexcept;
    void hand_over(buffer_lease&& arrived) noexcept;
    void keep(buffer_lease&& arrived) noexcept;
    void finish(int error) noexcept;
    void finish_reading() noexcept;
    [[nodiscard]] std::error_code end_error() const noexcept;
    /// Who waits for bytes; null = nobody.
    [[nodiscard]] receive_waiter* reader() const noexcept { return closing_ ? nullptr : waiter_; }
    /// Whether more is kept than should be while nobody reads.
    [[nodiscard]] bool is_paused() const noexcept;
    [[nodiscard]] unread_queue& unread();
    /// Only when it is layered.
    [[nodiscard]] record_layer& layer() const noexcept;
    [[nodiscard]] int read_directly(mutable_bytes space) noexcept;
    [[nodiscard]] int read_leased() noexcept;
    void note_bulk_piece(std::size_t size) noexcept;

    // An idle connection is judged by its bytes, so this is packed.
    union {
        receive_waiter* waiter_ = nullptr;
        end_listener* end_listener_;  // when closing_
    };
    unread_queue* unread_ = nullptr;  // exists while something is kept, or there is a layer
    int fd_;
    int error_ = 0;
    way way_ = way::small;
    way next_way_ = way::small;
    bool readable_ : 1 = false;  // bulk: the socket may hold bytes
    bool hung_up_ : 1 = false;   // bulk: its end was reported, and will not be reported again
    bool ended_ : 1 = false;
    bool closing_ : 1 = false;
    bool is_layered_ : 1 = false;
    std::uint8_t small_pieces_ = 0;
};

}  // namespace weir::net::detail
