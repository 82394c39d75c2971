// SPDX-License-Identifier: Apache-2.0
// provided_buffers: a ring of buffers that a kernel may choose from.
#pragma once

#include "io/kernel.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace weir::sim::test {

class provided_buffers {
public:
    static constexpr unsigned count = 64;
    static constexpr std::uint16_t group = 7;

    explicit provided_buffers(kernel& system, std::size_t size)
        : system_(system), size_(size), memory_(count * size) {
        void* page = std::aligned_alloc(page_bytes, page_bytes);
        ring_ = static_cast<io_uring_buf_ring*>(std::memset(page, 0, page_bytes));
        if (system_.register_buffer_ring(ring_, count, group, false) != 0) std::abort();
        for (unsigned i = 0; i < count; ++i) give(static_cast<std::uint16_t>(i));
    }
    provided_buffers(const provided_buffers&) = delete;
    provided_buffers& operator=(const provided_buffers&) = delete;
    ~provided_buffers() {
        system_.unregister_buffer_ring(group);
        std::free(ring_);
    }

    /// The buffer that a completion names.
    [[nodiscard]] static std::uint16_t id_of(const io_uring_cqe& answer) noexcept {
        return static_cast<std::uint16_t>(answer.flags >> IORING_CQE_BUFFER_SHIFT);
    }
    [[nodiscard]] const std::byte* at(std::uint16_t id) const { return &memory_[id * size_]; }
    void give(std::uint16_t id) noexcept {
        io_uring_buf& entry = ring_->bufs[tail_ & (count - 1)];
        entry.addr = reinterpret_cast<std::uintptr_t>(at(id));
        entry.len = static_cast<std::uint32_t>(size_);
        entry.bid = id;
        std::atomic_ref(ring_->tail).store(++tail_, std::memory_order_release);
    }

private:
    static constexpr std::size_t page_bytes = 4096;

    kernel& system_;
    std::size_t size_;
    std::vector<std::byte> memory_;
    io_uring_buf_ring* ring_;
    std::uint16_t tail_ = 0;
};

}  // namespace weir::sim::test
