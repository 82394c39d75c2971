// SPDX-License-Identifier: Apache-2.0
// receive_buffers: the memory that arriving bytes land in, shared by all sockets of a shard.
//
// Two pools for two kinds of traffic, because measurement found no single one that serves both:
//   ring  few 64 KiB buffers that the kernel fills piece by piece (IOU_PBUF_RING_INC): small
//         messages lie densely, and an idle connection holds nothing;
//   bulk  a stack of large buffers, the last returned on top: one transfer after the other goes
//         through memory that is still in the cache.
// A block goes back when its last lease is dropped; the ring's also waits for the kernel's "no
// more". When one buffer is left, bytes are copied out, so that no holder of leases can starve the
// others.
#pragma once

#include <weir/io/buffer_ring.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

struct io_uring_buf_ring;

namespace weir {

class kernel;

class receive_buffers {
public:
    /// Throws std::system_error when the kernel refuses the ring, as it does (ENOMEM) where the
    /// limit of locked memory leaves no room for it.
    explicit receive_buffers(kernel& kernel, unsigned ring_count, std::size_t ring_bytes,
                             unsigned bulk_count, std::size_t bulk_bytes);
    receive_buffers(const receive_buffers&) = delete;
    receive_buffers& operator=(const receive_buffers&) = delete;
    ~receive_buffers();

    static constexpr std::uint16_t group = 0;

    /// The bytes of a completion that names buffer `id`; `more_in_buffer` = IORING_CQE_F_BUF_MORE.
    [[nodiscard]] buffer_lease take(std::uint16_t id, std::size_t size, bool more_in_buffer);

    /// A free bulk buffer, the hottest first; null when all are leased.
    [[nodiscard]] detail::buffer_block* try_bulk();
    [[nodiscard]] mutable_bytes bulk_memory(detail::buffer_block& block) const noexcept;
    /// Puts a bulk buffer that was not leased back on top.
    void untouched(detail::buffer_block& block) noexcept;
    /// Whether the next bulk buffer taken would be the last.
    [[nodiscard]] bool bulk_is_scarce() const noexcept;

    /// Ring buffers that the kernel can still fill: ring_count when nothing is leased.
    [[nodiscard]] unsigned ring_available() const noexcept { return ring_available_; }
    [[nodiscard]] unsigned ring_count() const noexcept { return ring_count_; }
    /// Whether nobody holds any byte of any buffer.
    [[nodiscard]] bool is_all_free() const noexcept;

private:
    class ring_block;
    class bulk_block;

    void add_to_ring(std::uint16_t id) noexcept;
    /// The kernel fills no more of the block.
    [[nodiscard]] buffer_lease take_last(ring_block& block, mutable_bytes data);

    kernel& kernel_;
    unsigned ring_count_;
    std::size_t ring_bytes_;
    unsigned bulk_count_;
    std::size_t bulk_bytes_;
    std::unique_ptr<io_uring_buf_ring, void (*)(void*)> ring_;
    std::unique_ptr<std::byte, void (*)(void*)> ring_memory_;
    std::unique_ptr<ring_block[]> ring_blocks_;
    std::vector<std::unique_ptr<bulk_block>> bulk_blocks_;
    std::vector<bulk_block*> free_bulk_;
    std::uint16_t ring_tail_ = 0;
    unsigned ring_available_ = 0;
};

}  // namespace weir
