// SPDX-License-Identifier: Apache-2.0
// send_buffer: counted, immutable bytes that many sends share: encoded once, sent to any number of
// sockets on any shard, freed when the last send is done with them.
#pragma once

#include <weir/base/bytes.hpp>

#include <atomic>
#include <cstddef>
#include <utility>

namespace weir {

/// A handle on shared bytes. Copying a handle shares the bytes; they do not change once shared.
/// Handles may be copied, used and dropped on any thread.
///
/// ```cpp
/// weir::send_buffer hello(weir::as_bytes("hello"));
/// co_await first.send(hello);
/// co_await second.send(hello);   // the same five bytes
/// ```
class send_buffer {
public:
    send_buffer() noexcept = default;
    /// Copies `data`, once.
    explicit send_buffer(bytes data);
    /// Room for `size` bytes that the maker fills in through `writable` before sharing it.
    [[nodiscard]] static send_buffer with_size(std::size_t size);

    send_buffer(const send_buffer& other) noexcept : block_(other.block_) {
        if (block_ != nullptr) block_->users.fetch_add(1, std::memory_order_relaxed);
    }
    send_buffer(send_buffer&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
    send_buffer& operator=(send_buffer other) noexcept {
        std::swap(block_, other.block_);
        return *this;
    }
    ~send_buffer() {
        if (block_ != nullptr && block_->users.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            free_block(block_);
        }
    }

    [[nodiscard]] bytes view() const noexcept {
        return block_ == nullptr ? bytes() : bytes(memory(block_), block_->size);
    }
    [[nodiscard]] std::size_t size() const noexcept { return block_ == nullptr ? 0 : block_->size; }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    /// Handles on these bytes; exact only while no other thread copies or drops one.
    [[nodiscard]] std::size_t users() const noexcept {
        return block_ == nullptr ? 0 : block_->users.load(std::memory_order_relaxed);
    }
    /// The bytes to fill in, while this is the only handle.
    [[nodiscard]] mutable_bytes writable() noexcept;

private:
    struct block {
        std::atomic<std::size_t> users;
        std::size_t size;
    };

    static std::byte* memory(block* of) noexcept { return reinterpret_cast<std::byte*>(of + 1); }
    static void free_block(block* unused) noexcept;

    block* block_ = nullptr;
};

}  // namespace weir
