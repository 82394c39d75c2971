// SPDX-License-Identifier: Apache-2.0
// io_uring's ring of provided receive buffers, filled incrementally where the kernel can (6.12):
// a receive then takes as much of a buffer as it needs, and the next one goes on behind it.
#pragma once

#include "command_line.hpp"

#include <liburing.h>
#include <sys/mman.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

namespace echo {

// From the kernel's headers of 6.12: liburing 2.3 doesn't have them yet.
inline constexpr std::uint16_t pbuf_ring_inc = 2;         // IOU_PBUF_RING_INC
inline constexpr std::uint32_t cqe_f_buf_more = 1u << 4;  // IORING_CQE_F_BUF_MORE
/// Touched now and, where the kernel can, huge pages: faults and TLB misses on the way would cost
/// as much as small messages do.
inline char* hot_memory(std::size_t bytes) {
    constexpr std::size_t huge = std::size_t{2} << 20;
    bytes = (bytes + huge - 1) & ~(huge - 1);
    void* const memory = std::aligned_alloc(huge, bytes);
    if (memory == nullptr) die("aligned_alloc");
    madvise(memory, bytes, MADV_HUGEPAGE);
    std::memset(memory, 0, bytes);
    return static_cast<char*>(memory);
}

/// The ring of provided buffers, with a count of who still looks into each.
class provided_buffers {
public:
    provided_buffers(io_uring& ring, unsigned count, std::size_t bytes)
        : bytes_(bytes), slots_(count) {
        if (!std::has_single_bit(count)) die("--buffers must be a power of two", EINVAL);
        const std::size_t ring_bytes = (count * sizeof(io_uring_buf) + 4095) & ~std::size_t{4095};
        char* const memory = hot_memory(ring_bytes + count * bytes);
        ring_ = reinterpret_cast<io_uring_buf_ring*>(memory);
        data_ = memory + ring_bytes;
        io_uring_buf_reg reg{};
        reg.ring_addr = reinterpret_cast<std::uintptr_t>(memory);
        reg.ring_entries = count;
        reg.pad = pbuf_ring_inc;  // "flags" since 6.4
        int error = io_uring_register_buf_ring(&ring, &reg, 0);
        incremental_ = error == 0;
        if (error == -EINVAL) {
            reg.pad = 0;
            error = io_uring_register_buf_ring(&ring, &reg, 0);
        }
        if (error != 0) die("io_uring_register_buf_ring", -error);
        for (unsigned i = 0; i < count; ++i) give_back(i);
        publish();
    }

    /// The `n` bytes that a completion with these flags received; holds the buffer once.
    std::span<char> take(std::uint32_t cqe_flags, std::size_t n) {
        const unsigned id = cqe_flags >> IORING_CQE_BUFFER_SHIFT;
        slot& s = slots_[id];
        char* const at = data_ + id * bytes_ + s.used;
        s.used += n;
        ++s.holders;
        if (!incremental_ || (cqe_flags & cqe_f_buf_more) == 0) {
            s.with_kernel = false;
            --free_;
        }
        return {at, n};
    }
    void hold(unsigned id) { ++slots_[id].holders; }
    void release(unsigned id) {
        slot& s = slots_[id];
        if (--s.holders == 0 && !s.with_kernel) give_back(id);
    }
    /// Makes the returned buffers visible to the kernel.
    void publish() {
        if (returned_ == 0) return;
        io_uring_buf_ring_advance(ring_, static_cast<int>(returned_));
        returned_ = 0;
    }
    [[nodiscard]] unsigned free_buffers() const { return free_; }
    [[nodiscard]] bool incremental() const { return incremental_; }

private:
    struct slot {
        std::size_t used = 0;
        unsigned holders = 0;
        bool with_kernel = false;
    };

    void give_back(unsigned id) {
        slots_[id] = {0, 0, true};
        ++free_;
        io_uring_buf_ring_add(ring_, data_ + id * bytes_, static_cast<unsigned>(bytes_),
                              static_cast<unsigned short>(id), static_cast<int>(slots_.size()) - 1,
                              static_cast<int>(returned_++));
    }

    std::size_t bytes_;
    std::vector<slot> slots_;
    io_uring_buf_ring* ring_ = nullptr;
    char* data_ = nullptr;
    unsigned free_ = 0;
    unsigned returned_ = 0;
    bool incremental_ = false;
};

}  // namespace echo
