// SPDX-License-Identifier: Apache-2.0
#include "receive_buffers.hpp"

#include "kernel.hpp"

#include <weir/base/assert.hpp>
#include <weir/coro/detail/frame_pool.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>
#include <system_error>

namespace weir {

namespace {

constexpr std::size_t page_bytes = 4096;

std::byte* allocate_pages(std::size_t size) {
    void* memory =
        std::aligned_alloc(page_bytes, (size + page_bytes - 1) / page_bytes * page_bytes);
    if (memory == nullptr) throw std::bad_alloc();
    return static_cast<std::byte*>(memory);
}

/// Private memory: header and bytes in one allocation.
class private_block final : public detail::buffer_block {
public:
    [[nodiscard]] static buffer_lease make(std::size_t bytes) {
        const std::size_t size = sizeof(private_block) + bytes;
        auto* block = ::new (detail::allocate_frame(size)) private_block(size);
        return buffer_lease(*block, {reinterpret_cast<std::byte*>(block + 1), bytes});
    }

private:
    explicit private_block(std::size_t size) noexcept : buffer_block(false), size_(size) {}
    void recycle() noexcept override {
        const std::size_t size = size_;
        this->~private_block();
        detail::deallocate_frame(this, size);
    }

    std::size_t size_;
};

}  // namespace

buffer_lease buffer_lease::with_room(std::size_t size) { return private_block::make(size); }

buffer_lease buffer_lease::copy_of(bytes data) {
    buffer_lease copy = with_room(data.size());
    if (!data.empty()) std::memcpy(copy.data().data(), data.data(), data.size());
    return copy;
}

/// One buffer of the ring. The kernel counts as a user while it may still fill it.
class receive_buffers::ring_block final : public detail::buffer_block {
public:
    ring_block() noexcept : buffer_block(true) {}
    ~ring_block() = default;

    receive_buffers* owner = nullptr;
    std::uint16_t id = 0;
    std::size_t filled = 0;

private:
    void recycle() noexcept override { owner->add_to_ring(id); }
};

class receive_buffers::bulk_block final : public detail::buffer_block {
public:
    explicit bulk_block(receive_buffers& owner, std::size_t size)
        : buffer_block(true), owner_(owner), memory_(allocate_pages(size), std::free) {}
    [[nodiscard]] std::byte* memory() const noexcept { return memory_.get(); }

private:
    void recycle() noexcept override { owner_.free_bulk_.push_back(this); }

    receive_buffers& owner_;
    std::unique_ptr<std::byte, void (*)(void*)> memory_;
};

receive_buffers::receive_buffers(kernel& kernel, unsigned ring_count, std::size_t ring_bytes,
                                 unsigned bulk_count, std::size_t bulk_bytes)
    : kernel_(kernel),
      ring_count_(std::bit_ceil(ring_count)),
      ring_bytes_(ring_bytes),
      bulk_count_(bulk_count),
      bulk_bytes_(bulk_bytes),
      ring_(nullptr, std::free),
      ring_memory_(nullptr, std::free) {
    WEIR_ASSERT(ring_count >= 1 && bulk_count >= 1, "a reactor needs at least one receive buffer");
    free_bulk_.reserve(bulk_count_);
    std::byte* ring = allocate_pages(ring_count_ * sizeof(io_uring_buf));
    std::memset(ring, 0, ring_count_ * sizeof(io_uring_buf));
    ring_.reset(reinterpret_cast<io_uring_buf_ring*>(ring));
    ring_memory_.reset(allocate_pages(ring_count_ * ring_bytes_));
    ring_blocks_ = std::make_unique<ring_block[]>(ring_count_);
    const int registered = kernel_.register_buffer_ring(ring_.get(), ring_count_, group,
                                                        kernel_.features().incremental_buffers);
    if (registered < 0) throw std::system_error(-registered, std::generic_category());
    for (unsigned id = 0; id < ring_count_; ++id) {
        ring_blocks_[id].owner = this;
        ring_blocks_[id].id = static_cast<std::uint16_t>(id);
        add_to_ring(static_cast<std::uint16_t>(id));
    }
}

receive_buffers::~receive_buffers() { kernel_.unregister_buffer_ring(group); }

void receive_buffers::add_to_ring(std::uint16_t id) noexcept {
    ring_block& block = ring_blocks_[id];
    block.filled = 0;
    block.retain();  // the kernel's share
    ++ring_available_;
    io_uring_buf& entry = ring_->bufs[ring_tail_ & (ring_count_ - 1)];
    entry.addr = reinterpret_cast<std::uintptr_t>(ring_memory_.get() + id * ring_bytes_);
    entry.len = static_cast<std::uint32_t>(ring_bytes_);
    entry.bid = id;
    std::atomic_ref(ring_->tail).store(++ring_tail_, std::memory_order_release);
}

buffer_lease receive_buffers::take(std::uint16_t id, std::size_t size, bool more_in_buffer) {
    ring_block& block = ring_blocks_[id];
    std::byte* begin = ring_memory_.get() + id * ring_bytes_ + block.filled;
    block.filled += size;
    if (more_in_buffer) [[likely]]
        return buffer_lease(block, {begin, size});
    return take_last(block, {begin, size});
}

buffer_lease receive_buffers::take_last(ring_block& block, mutable_bytes data) {
    buffer_lease lease(block, data);
    --ring_available_;
    block.release();
    if (ring_available_ > 0 || ring_count_ == 1) return lease;
    // The kernel has nothing left to fill: keep a copy and give the buffer straight back.
    return buffer_lease::copy_of(data);
}

detail::buffer_block* receive_buffers::try_bulk() {
    if (free_bulk_.empty()) {
        if (bulk_blocks_.size() == bulk_count_) return nullptr;
        bulk_blocks_.push_back(std::make_unique<bulk_block>(*this, bulk_bytes_));
        return bulk_blocks_.back().get();
    }
    bulk_block* hottest = free_bulk_.back();
    free_bulk_.pop_back();
    return hottest;
}

mutable_bytes receive_buffers::bulk_memory(detail::buffer_block& block) const noexcept {
    return {static_cast<bulk_block&>(block).memory(), bulk_bytes_};
}

void receive_buffers::untouched(detail::buffer_block& block) noexcept {
    free_bulk_.push_back(&static_cast<bulk_block&>(block));
}

bool receive_buffers::bulk_is_scarce() const noexcept {
    return free_bulk_.size() + (bulk_count_ - bulk_blocks_.size()) <= 1;
}

bool receive_buffers::is_all_free() const noexcept {
    const bool has_ring =
        std::all_of(ring_blocks_.get(), ring_blocks_.get() + ring_count_,
                    [](const ring_block& each) { return each.users() == 1; });  // the kernel alone
    return has_ring && free_bulk_.size() == bulk_blocks_.size();
}

}  // namespace weir
