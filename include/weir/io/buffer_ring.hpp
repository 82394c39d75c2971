// SPDX-License-Identifier: Apache-2.0
// Received bytes without a buffer per connection: the kernel fills buffers that all sockets of a
// shard share, and whoever reads them holds a lease until done.
#pragma once

#include <weir/base/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace weir {

namespace detail {

/// Memory with a count of those who use it; goes back to where it came from at zero.
/// Not atomic: a block belongs to one shard.
class buffer_block {
public:
    buffer_block(const buffer_block&) = delete;
    buffer_block& operator=(const buffer_block&) = delete;

    void retain() noexcept { ++users_; }
    void release() noexcept {
        if (--users_ == 0) recycle();
    }
    [[nodiscard]] std::uint32_t users() const noexcept { return users_; }
    /// Whether other sockets wait for this memory, so that it should not be held for long.
    [[nodiscard]] bool is_shared() const noexcept { return is_shared_; }

protected:
    explicit buffer_block(bool is_shared) noexcept : is_shared_(is_shared) {}
    ~buffer_block() = default;

    virtual void recycle() noexcept = 0;

private:
    std::uint32_t users_ = 0;
    bool is_shared_;
};

}  // namespace detail

/// Bytes that arrived, in memory that goes back to its shard when the last lease on it is dropped.
/// Moves, does not copy; shard-local. Held leases are memory that other sockets cannot receive
/// into, so take what is needed and let go: when few buffers are left, arriving bytes are copied
/// out instead, which is slower, but nobody starves.
class buffer_lease {
public:
    buffer_lease() noexcept = default;
    /// Leases `data`, which lies in `block`.
    explicit buffer_lease(detail::buffer_block& block, mutable_bytes data) noexcept
        : block_(&block), data_(data) {
        block.retain();
    }
    buffer_lease(buffer_lease&& other) noexcept
        : block_(std::exchange(other.block_, nullptr)), data_(std::exchange(other.data_, {})) {}
    buffer_lease& operator=(buffer_lease&& other) noexcept {
        if (this != &other) {
            reset();
            block_ = std::exchange(other.block_, nullptr);
            data_ = std::exchange(other.data_, {});
        }
        return *this;
    }
    ~buffer_lease() { reset(); }

    /// The leased bytes; they may be changed in place.
    [[nodiscard]] mutable_bytes data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return data_.size(); }
    [[nodiscard]] bool empty() const noexcept { return data_.empty(); }
    /// Whether the memory is one that other sockets receive into.
    [[nodiscard]] bool is_shared_memory() const noexcept {
        return block_ != nullptr && block_->is_shared();
    }

    /// A second lease on `part`, which lies in the same block.
    [[nodiscard]] buffer_lease share(mutable_bytes part) const noexcept {
        return block_ == nullptr ? buffer_lease() : buffer_lease(*block_, part);
    }
    /// Changes the lease to `part`, which lies in the same block.
    void narrow(mutable_bytes part) noexcept { data_ = part; }
    /// Lengthens the lease by `count` bytes before it, which lie in the block and are the caller's.
    void extend_front(std::size_t count) noexcept {
        data_ = {data_.data() - count, data_.size() + count};
    }
    /// Lengthens the lease by `more` bytes that follow it directly in the same block.
    [[nodiscard]] bool try_extend(const buffer_lease& next) noexcept {
        if (block_ == nullptr || block_ != next.block_) return false;
        if (data_.data() + data_.size() != next.data_.data()) return false;
        data_ = {data_.data(), data_.size() + next.data_.size()};
        return true;
    }

    /// Gives the memory back now.
    void reset() noexcept {
        data_ = {};
        if (detail::buffer_block* block = std::exchange(block_, nullptr)) block->release();
    }

    /// A lease on a private copy of `data`, for whoever must keep bytes for long.
    [[nodiscard]] static buffer_lease copy_of(bytes data);
    /// A lease on private memory of `size` bytes, to be filled in.
    [[nodiscard]] static buffer_lease with_room(std::size_t size);

private:
    detail::buffer_block* block_ = nullptr;
    mutable_bytes data_;
};

}  // namespace weir
