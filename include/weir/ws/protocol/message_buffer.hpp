// SPDX-License-Identifier: Apache-2.0
// message_buffer: the memory that a message is assembled in when it does not lie whole in one
// received chunk. It grows with what has arrived, never with what was announced: 14 bytes from a
// stranger must not cost a mebibyte. Released blocks go to a small per-thread stack, because a
// fresh 256 KiB costs more in page faults than the whole message costs otherwise.
#pragma once

#include <weir/base/bytes.hpp>

#include <cstddef>
#include <utility>

namespace weir::ws {

/// Owns bytes that are not initialised before they are filled. Moves, does not copy. May be
/// destroyed on any thread; each thread keeps at most 8 MiB in 32 released blocks for reuse.
class message_buffer {
public:
    message_buffer() noexcept = default;
    message_buffer(message_buffer&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)),
          size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0)) {}
    message_buffer& operator=(message_buffer&& other) noexcept {
        message_buffer(std::move(other)).swap(*this);
        return *this;
    }
    ~message_buffer() { release(); }

    /// Makes room for `arrived` more bytes; when more are `expected` (arrived ones included), also
    /// for those, but for no more than 64 KiB or four times what there is then.
    /// Amortised O(1) a byte for any sequence of calls. Throws std::bad_alloc.
    void make_room(std::size_t arrived, std::size_t expected);

    /// Gives back room beyond what has been written.
    void trim() noexcept;

    /// Where the next bytes go: capacity beyond size. `commit` counts them in once written.
    [[nodiscard]] mutable_bytes spare() noexcept { return {data_ + size_, capacity_ - size_}; }
    void commit(std::size_t count) noexcept { size_ += count; }

    [[nodiscard]] mutable_bytes view() noexcept { return {data_, size_}; }
    [[nodiscard]] bytes view() const noexcept { return {data_, size_}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    void swap(message_buffer& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

private:
    void grow(std::size_t capacity);
    void release() noexcept;

    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace weir::ws
