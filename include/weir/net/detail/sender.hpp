// SPDX-License-Identifier: Apache-2.0
// sender: the sending half of one stream socket. It is four words while nothing is queued; the
// queue itself exists only as long as there is something to send.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/error.hpp>
#include <weir/coro/wait_queue.hpp>
#include <weir/io/buffer_ring.hpp>
#include <weir/io/send_buffer.hpp>
#include <weir/net/detail/record_layer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>

namespace weir::net::detail {

class send_queue;
class zero_copy_send;

class sender {
public:
    /// A writer waits while more than this is queued ...
    static constexpr std::size_t high_water_bytes = 1024 * 1024;
    /// ... until no more than this is.
    static constexpr std::size_t low_water_bytes = 256 * 1024;

    explicit sender(int fd) noexcept : fd_(fd) {}
    sender(const sender&) = delete;
    sender& operator=(const sender&) = delete;
    ~sender();

    /// Queues a copy of `data`.
    void push_copy(bytes data);
    /// Queues a lease's bytes where they lie, unless they are few.
    void push(buffer_lease&& data);
    /// Queues shared bytes where they lie, unless they are few.
    void push(const send_buffer& data);
    /// Queues bytes that the caller keeps alive until `sent_through` the returned ticket.
    [[nodiscard]] std::uint64_t push_borrowed(bytes data);
    /// Room for `size` bytes at the end of the queue, for an encoder to fill in at once. Only while
    /// there is no error.
    [[nodiscard]] mutable_bytes append(std::size_t size);

    /// From now on what is queued leaves in the records of `layer`. Only while nothing is queued
    /// but records.
    void set_layer(std::unique_ptr<record_layer> layer) noexcept;
    [[nodiscard]] record_layer* layer() const noexcept { return layer_.get(); }
    /// For the layer: room for `size` bytes of the wire, behind the records that are there.
    [[nodiscard]] mutable_bytes append_record(std::size_t size);
    /// For the layer: what it would seal `later` can be sealed now, or never.
    void go_on() noexcept;
    /// Has the kernel seal what is sent from now on, where it can: file parts leave without passing
    /// through memory then. Only while nothing is queued.
    /// @param bytes  that are to be sent; it is not asked when its keys might not last for them.
    /// @return       whether bytes may go to the socket as they are: the kernel seals, or nobody.
    [[nodiscard]] bool hand_to_kernel(std::uint64_t bytes) noexcept;
    /// Whether what is queued has to be put into records before it leaves.
    [[nodiscard]] bool seals() const noexcept { return layer_ != nullptr && !kernel_seals_; }
    [[nodiscard]] bool kernel_seals() const noexcept { return kernel_seals_; }
    /// Whether half of what the kernel may seal with its keys is used up: it does not renew them,
    /// so that this connection should end before long.
    [[nodiscard]] bool is_half_worn() const noexcept;
    /// Bytes have gone to the socket beside the queue. Fails this sender when its keys have worn
    /// off.
    void note_sent(std::size_t size) noexcept {
        if (kernel_seals_) wear_keys(size);
    }
    /// For the layer, when the kernel seals: room for its last message, of `size` bytes, which
    /// leaves as a record of this type. Contents behind it are refused.
    [[nodiscard]] mutable_bytes append_message(std::uint8_t record_type, std::size_t size);
    /// For the layer, which has failed: contents leave no more, only its last message. Where it
    /// seals, it refuses them itself.
    void refuse_contents() noexcept;
    /// Has the layer say, behind all that is queued, that nothing follows. Once; without a layer
    /// nothing happens.
    void push_end();

    [[nodiscard]] std::size_t queued_bytes() const noexcept;
    [[nodiscard]] bool is_above_high_water() const noexcept {
        return queue_ != nullptr && queued_bytes() > high_water_bytes;
    }
    /// Whether everything queued was handed to the kernel.
    [[nodiscard]] bool has_sent_all() const noexcept { return queue_ == nullptr; }
    /// Whether, besides, the kernel refers to no memory of ours any more (zero-copy sends).
    [[nodiscard]] bool is_idle() const noexcept { return has_sent_all() && zero_copies_ == 0; }
    /// Whether the kernel may still read what was queued.
    [[nodiscard]] bool is_active() const noexcept;
    /// The ticket of the last byte queued so far.
    [[nodiscard]] std::uint64_t queued_through() const noexcept { return sent_ + queued_bytes(); }
    /// Whether everything up to `ticket` was handed to the kernel.
    [[nodiscard]] bool sent_through(std::uint64_t ticket) const noexcept { return sent_ >= ticket; }
    /// Woken when the queue falls to low water, when it runs empty, and when sending fails. Only
    /// while something is queued.
    [[nodiscard]] wait_queue& progress() noexcept;

    /// Why sending has failed; no error while it has not.
    [[nodiscard]] std::error_code error() const noexcept {
        return error_ == 0 ? std::error_code() : error_from_errno(error_);
    }
    [[nodiscard]] bool has_failed() const noexcept { return error_ != 0; }
    /// Whether nothing is left of what was queued but the layer's last message, the kernel sealing.
    [[nodiscard]] bool only_ends() const noexcept;
    /// Drops everything that is queued and ends the send in flight; later pushes are ignored.
    /// @param error  an errno value, not 0.
    void fail(int error) noexcept;

    /// Told when the queue has run empty or failed, and when the kernel has let go of memory.
    class idle_listener {
    public:
        virtual void sender_idle() noexcept = 0;

    protected:
        ~idle_listener() = default;
    };
    void set_idle_listener(idle_listener* listener) noexcept { idle_listener_ = listener; }

private:
    friend class send_queue;
    friend class zero_copy_send;

    [[nodiscard]] send_queue& queue();
    void make_queue();
    void wear_keys(std::size_t size) noexcept;
    void tell_idle_listener() noexcept {
        if (idle_listener_ != nullptr) idle_listener_->sender_idle();
    }

    send_queue* queue_ = nullptr;
    std::unique_ptr<record_layer> layer_;
    idle_listener* idle_listener_ = nullptr;
    std::uint64_t sent_ = 0;
    int fd_;
    std::uint32_t worn_units_ = 0;  // of the keys that the kernel has
    std::int16_t error_ = 0;
    std::uint16_t zero_copies_ = 0;  // sends whose notification has not come yet
    bool has_end_ : 1 = false;       // push_end was called
    bool kernel_seals_ : 1 = false;
    bool refuses_contents_ : 1 = false;
    bool has_said_last_ : 1 = false;  // the layer's last message has left, the kernel sealing
};

}  // namespace weir::net::detail
