// SPDX-License-Identifier: Apache-2.0
// datagram_buffers: the buffers of one UDP socket, one datagram each, in a provided-buffer group of
// its own. They outlive the socket for as long as somebody holds a datagram.
//
//   open --orphan--> orphaned --last lease dropped--> deleted
#pragma once

#include <weir/base/result.hpp>
#include <weir/io/buffer_ring.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

struct io_uring_buf_ring;

namespace weir {
class kernel;
}

namespace weir::net::detail {

/// Told when a buffer has come back, after none was left.
class buffer_listener {
public:
    virtual void buffer_returned() noexcept = 0;

protected:
    ~buffer_listener() = default;
};

class datagram_buffers {
public:
    /// Registers `count` buffers (rounded up to a power of two) of `size` bytes each.
    /// Errors: not_enough_memory, too_many_files_open (no group is free), those of the kernel.
    [[nodiscard]] static result<datagram_buffers*> open(kernel& system, unsigned count,
                                                        std::size_t size, buffer_listener& owner);
    datagram_buffers(const datagram_buffers&) = delete;
    datagram_buffers& operator=(const datagram_buffers&) = delete;

    /// The owner goes: gives the group up, and deletes this once nothing is leased.
    void orphan() noexcept;

    [[nodiscard]] std::uint16_t group() const noexcept { return group_; }
    [[nodiscard]] bool is_empty() const noexcept { return available_ == 0; }
    /// What a completion that names buffer `id` has put there.
    [[nodiscard]] buffer_lease take(std::uint16_t id, std::size_t size) noexcept;

private:
    class block;

    explicit datagram_buffers(kernel& system, unsigned count, std::size_t size,
                              buffer_listener& owner);
    ~datagram_buffers();

    [[nodiscard]] int register_group() noexcept;
    void add(std::uint16_t id) noexcept;
    void returned(std::uint16_t id) noexcept;

    kernel& kernel_;
    buffer_listener* owner_;
    unsigned count_;
    std::size_t size_;
    std::uint16_t group_ = 0;
    std::uint16_t tail_ = 0;
    unsigned available_ = 0;
    std::unique_ptr<io_uring_buf_ring, void (*)(void*)> ring_;
    std::unique_ptr<std::byte[]> memory_;
    std::unique_ptr<block[]> blocks_;
};

}  // namespace weir::net::detail
