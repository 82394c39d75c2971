// SPDX-License-Identifier: Apache-2.0
// malloc and realloc rather than new: realloc moves the pages of a large block instead of copying
// its bytes (mremap), which is what makes growing by arrival cheap.
#include <weir/ws/protocol/message_buffer.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>

namespace weir::ws {
namespace {

constexpr std::size_t ahead_bytes = std::size_t{64} << 10U;
constexpr std::size_t smallest_spare_bytes = std::size_t{32} << 10U;
constexpr std::size_t largest_spare_bytes = std::size_t{4} << 20U;
constexpr std::size_t max_spare_bytes = std::size_t{8} << 20U;
constexpr std::size_t max_spares = 32;

struct block {
    std::byte* data = nullptr;
    std::size_t capacity = 0;
};

/// The released blocks of one thread, the warmest last.
class spare_blocks {
public:
    spare_blocks() noexcept = default;
    spare_blocks(const spare_blocks&) = delete;
    spare_blocks& operator=(const spare_blocks&) = delete;
    ~spare_blocks() {
        for (std::size_t i = 0; i < count_; ++i) std::free(blocks_[i].data);
        // A buffer that another thread_local object owns may be released after this: be full.
        count_ = 0;
        bytes_ = max_spare_bytes;
    }

    [[nodiscard]] bool put(block released) noexcept {
        if (released.capacity < smallest_spare_bytes || released.capacity > largest_spare_bytes ||
            count_ == max_spares || bytes_ + released.capacity > max_spare_bytes) {
            return false;
        }
        blocks_[count_++] = released;
        bytes_ += released.capacity;
        return true;
    }

    /// A block of at least `capacity` and at most eight times that; none: data == nullptr.
    [[nodiscard]] block take(std::size_t capacity) noexcept {
        if (capacity < smallest_spare_bytes) return {};
        for (std::size_t i = count_; i-- > 0;) {
            const block found = blocks_[i];
            if (found.capacity < capacity || found.capacity / 8 > capacity) continue;
            std::copy(blocks_.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                      blocks_.begin() + static_cast<std::ptrdiff_t>(count_),
                      blocks_.begin() + static_cast<std::ptrdiff_t>(i));
            --count_;
            bytes_ -= found.capacity;
            return found;
        }
        return {};
    }

private:
    std::array<block, max_spares> blocks_{};
    std::size_t count_ = 0;
    std::size_t bytes_ = 0;
};

thread_local spare_blocks spares;

}  // namespace

void message_buffer::make_room(std::size_t arrived, std::size_t expected) {
    const std::size_t needed = size_ + arrived;
    if (needed < size_) throw std::bad_alloc();
    if (needed <= capacity_) return;
    const std::size_t ahead = std::max(ahead_bytes, needed <= SIZE_MAX / 4 ? 4 * needed : needed);
    const std::size_t wanted = expected < ahead - size_ ? size_ + expected : ahead;
    // Doubling keeps a message of many small frames linear: each announces only itself.
    grow(std::max({needed, wanted, std::min(2 * capacity_, ahead)}));
}

void message_buffer::grow(std::size_t capacity) {
    if (data_ == nullptr) {
        const block warm = spares.take(capacity);
        data_ = warm.data;
        capacity_ = warm.capacity;
        if (data_ != nullptr) return;
    }
    void* grown = std::realloc(data_, capacity);
    if (grown == nullptr) throw std::bad_alloc();
    data_ = static_cast<std::byte*>(grown);
    capacity_ = capacity;
}

void message_buffer::trim() noexcept {
    if (size_ == capacity_) return;
    if (size_ == 0) return release();
    void* trimmed = std::realloc(data_, size_);
    if (trimmed == nullptr) return;  // then it stays as it is
    data_ = static_cast<std::byte*>(trimmed);
    capacity_ = size_;
}

void message_buffer::release() noexcept {
    block released;
    released.data = std::exchange(data_, nullptr);
    released.capacity = std::exchange(capacity_, 0);
    size_ = 0;
    if (released.data != nullptr && !spares.put(released)) std::free(released.data);
}

}  // namespace weir::ws
