// SPDX-License-Identifier: Apache-2.0
// send_queue::piece: what the queue is made of.
#pragma once

#include "send_queue.hpp"

#include <weir/coro/detail/frame_pool.hpp>
#include <weir/io/buffer_ring.hpp>
#include <weir/io/send_buffer.hpp>

#include <linux/tls.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

namespace weir::net::detail {

/// One run of bytes in the queue: copied into its own memory, or kept alive by a lease, a shared
/// buffer, or whoever lent it.
struct send_queue::piece {
    [[nodiscard]] static piece* with_room(std::size_t room) {
        const std::size_t size = sizeof(piece) + room;
        auto* made = ::new (weir::detail::allocate_frame(size)) piece(room);
        made->data = made->own_memory();
        return made;
    }
    [[nodiscard]] static piece* referring(bytes data, buffer_lease&& lease = {}) {
        return ::new (weir::detail::allocate_frame(sizeof(piece))) piece(data, std::move(lease));
    }
    static void destroy(piece* old) noexcept {
        const std::size_t size = sizeof(piece) + old->capacity;
        old->~piece();
        weir::detail::deallocate_frame(old, size);
    }

    [[nodiscard]] std::byte* own_memory() noexcept {
        return reinterpret_cast<std::byte*>(this + 1);
    }
    /// Room for more contents behind those that are in the piece's own memory.
    [[nodiscard]] std::size_t room() noexcept { return is_record ? 0 : room_for_records(); }
    [[nodiscard]] std::size_t room_for_records() noexcept {
        if (capacity == 0) return 0;
        return capacity - static_cast<std::size_t>(data + size - own_memory());
    }

    /// What tells the kernel the type of a record that it seals; it lies before the data.
    static constexpr std::size_t type_bytes = CMSG_SPACE(sizeof(std::uint8_t));
    void write_type(std::uint8_t type) noexcept {
        auto* control = ::new (own_memory()) cmsghdr{};
        control->cmsg_len = CMSG_LEN(sizeof type);
        control->cmsg_level = SOL_TLS;
        control->cmsg_type = TLS_SET_RECORD_TYPE;
        std::memcpy(CMSG_DATA(control), &type, sizeof type);
    }
    /// Has `message`, which sends this, say which type of record it is.
    void tell_type(msghdr& message) noexcept {
        if (!is_message) return;
        message.msg_control = own_memory();
        message.msg_controllen = type_bytes;
    }

    piece* next = nullptr;
    const std::byte* data = nullptr;
    std::size_t size = 0;
    std::size_t capacity = 0;
    std::size_t contents = 0;  // bytes of the user that a record stands for
    bool is_record = false;
    bool is_message = false;  // of the layer, for the kernel to seal: its type lies before data
    bool was_sent = false;    // of a message
    bool is_end = false;      // of the stream: to be said by the record layer
    bool is_leased = false;   // of memory that other sockets wait for
    buffer_lease lease;
    send_buffer shared;

private:
    explicit piece(std::size_t room) noexcept : capacity(room) {}
    explicit piece(bytes of, buffer_lease&& held) noexcept
        : data(of.data()),
          size(of.size()),
          is_leased(held.is_shared_memory()),
          lease(std::move(held)) {}
};

}  // namespace weir::net::detail
