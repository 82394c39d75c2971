// SPDX-License-Identifier: Apache-2.0
#include "datagram_buffers.hpp"

#include "io/kernel.hpp"
#include "io/receive_buffers.hpp"

#include <weir/base/error.hpp>

#include <atomic>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>

namespace weir::net::detail {

namespace {

constexpr std::size_t page_bytes = 4096;
/// The kernel's ids have 16 bits; the last one is used for probing.
constexpr std::uint16_t last_group = 0xfffe;

/// Groups belong to a ring, which belongs to a thread.
thread_local std::uint16_t newest_group = receive_buffers::group;

std::uint16_t next_group() noexcept {
    newest_group = newest_group == last_group ? std::uint16_t{receive_buffers::group + 1}
                                              : static_cast<std::uint16_t>(newest_group + 1);
    return newest_group;
}

}  // namespace

class datagram_buffers::block final : public weir::detail::buffer_block {
public:
    block() noexcept : buffer_block(true) {}
    ~block() = default;

    datagram_buffers* owner = nullptr;
    std::uint16_t id = 0;

private:
    void recycle() noexcept override { owner->returned(id); }
};

result<datagram_buffers*> datagram_buffers::open(kernel& system, unsigned count, std::size_t size,
                                                 buffer_listener& owner) {
    auto* made = new datagram_buffers(system, std::bit_ceil(count), size, owner);
    if (const int error = made->register_group(); error < 0) {
        delete made;
        return fail(error_from_errno(-error));
    }
    for (unsigned id = 0; id < made->count_; ++id) made->add(static_cast<std::uint16_t>(id));
    return made;
}

datagram_buffers::datagram_buffers(kernel& system, unsigned count, std::size_t size,
                                   buffer_listener& owner)
    : kernel_(system), owner_(&owner), count_(count), size_(size), ring_(nullptr, std::free) {
    const std::size_t ring_bytes =
        (count * sizeof(io_uring_buf) + page_bytes - 1) / page_bytes * page_bytes;
    void* ring = std::aligned_alloc(page_bytes, ring_bytes);
    if (ring == nullptr) throw std::bad_alloc();
    ring_.reset(static_cast<io_uring_buf_ring*>(std::memset(ring, 0, ring_bytes)));
    memory_ = std::make_unique_for_overwrite<std::byte[]>(count * size);
    blocks_ = std::make_unique<block[]>(count);
    for (unsigned id = 0; id < count; ++id) {
        blocks_[id].owner = this;
        blocks_[id].id = static_cast<std::uint16_t>(id);
    }
}

datagram_buffers::~datagram_buffers() = default;

int datagram_buffers::register_group() noexcept {
    // Ids come round after very many sockets; one that is still in use is passed over.
    for (unsigned tries = 0; tries < last_group; ++tries) {
        group_ = next_group();
        const int registered = kernel_.register_buffer_ring(ring_.get(), count_, group_, false);
        if (registered != -EEXIST) return registered;
    }
    return -EMFILE;
}

void datagram_buffers::add(std::uint16_t id) noexcept {
    ++available_;
    io_uring_buf& entry = ring_->bufs[tail_ & (count_ - 1)];
    entry.addr = reinterpret_cast<std::uintptr_t>(memory_.get() + id * size_);
    entry.len = static_cast<std::uint32_t>(size_);
    entry.bid = id;
    std::atomic_ref(ring_->tail).store(++tail_, std::memory_order_release);
}

buffer_lease datagram_buffers::take(std::uint16_t id, std::size_t size) noexcept {
    --available_;
    return buffer_lease(blocks_[id], {memory_.get() + id * size_, size});
}

void datagram_buffers::returned(std::uint16_t id) noexcept {
    if (owner_ == nullptr) {
        if (++available_ == count_) delete this;
        return;
    }
    const bool was_empty = is_empty();
    add(id);
    if (was_empty) owner_->buffer_returned();
}

void datagram_buffers::orphan() noexcept {
    owner_ = nullptr;
    kernel_.unregister_buffer_ring(group_);
    if (available_ == count_) delete this;
}

}  // namespace weir::net::detail
