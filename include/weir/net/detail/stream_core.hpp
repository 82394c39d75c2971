// SPDX-License-Identifier: Apache-2.0
// stream_core: what a stream socket's handle points at: the descriptor, its receiver and its
// sender. It outlives the handle until the kernel has let go of all three.
//
//   open --begin_close--> draining --queue empty, failed or linger over--> ending
//        --receiver and sender idle--> closing (IORING_OP_CLOSE) --completion--> deleted
#pragma once

#include <weir/net/detail/receiver.hpp>
#include <weir/net/detail/sender.hpp>

#include <weir/coro/detail/frame_pool.hpp>

#include <chrono>
#include <memory>

namespace weir::net::detail {

/// Told when a descriptor has been closed; the error is the first that sending or closing met.
class close_listener {
public:
    virtual void closed(std::error_code error) noexcept = 0;

protected:
    ~close_listener() = default;
};

class stream_core final : public weir::detail::pooled {
public:
    explicit stream_core(int fd) noexcept : receiver_(fd), sender_(fd) {}
    stream_core(const stream_core&) = delete;
    stream_core& operator=(const stream_core&) = delete;
    ~stream_core() = default;

    [[nodiscard]] int fd() const noexcept { return receiver_.fd(); }
    [[nodiscard]] weir::net::detail::receiver& receiver() noexcept { return receiver_; }
    [[nodiscard]] weir::net::detail::sender& sender() noexcept { return sender_; }

    /// Puts `layer` between the users of this stream and the wire. Only while nobody reads and
    /// nothing is queued for sending.
    void set_layer(std::unique_ptr<record_layer> layer) noexcept {
        record_layer& above = *layer;
        sender_.set_layer(std::move(layer));
        receiver_.set_layer(above);
    }

    /// Gives the core up: queued bytes are still sent, for at most `linger`; then the descriptor is
    /// closed and the core deletes itself. `listener` may be null.
    void begin_close(std::chrono::nanoseconds linger, close_listener* listener) noexcept;
    /// Ends a close that is under way without waiting for queued bytes.
    void hurry_close() noexcept;

private:
    weir::net::detail::receiver receiver_;
    weir::net::detail::sender sender_;
};

/// Closes a core whose handle goes away without `co_await close()`.
struct stream_core_closer {
    void operator()(stream_core* core) const noexcept;
};
using stream_core_ptr = std::unique_ptr<stream_core, stream_core_closer>;

}  // namespace weir::net::detail
