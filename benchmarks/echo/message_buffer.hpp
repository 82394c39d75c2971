// SPDX-License-Identifier: Apache-2.0
// Memory for bytes that outlive the shared receive buffer: a message that arrives in pieces, or the
// rest of a short send. Last in, first out, because a fresh page costs more than a microsecond in a
// virtual machine and a cold one costs a copy.
#pragma once

#include <sys/mman.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdlib>
#include <utility>
#include <vector>

namespace echo {

/// Owns `capacity()` bytes from the program's one pool. Movable; one thread.
class message_buffer {
public:
    /// Bytes before `data()`, so that a frame header can be written in front of the payload.
    static constexpr std::size_t head_room = 64;

    message_buffer() = default;
    explicit message_buffer(std::size_t capacity) : slot_(slot_for(capacity + head_room)) {
        auto& shelf = shelves()[slot_];
        if (shelf.empty()) {
            memory_ = static_cast<char*>(std::malloc(std::size_t{1} << slot_));
            if (memory_ == nullptr) std::abort();
        } else {
            memory_ = shelf.back();
            shelf.pop_back();
        }
    }
    message_buffer(message_buffer&& other) noexcept
        : memory_(std::exchange(other.memory_, nullptr)), slot_(other.slot_) {}
    message_buffer& operator=(message_buffer&& other) noexcept {
        std::swap(memory_, other.memory_);
        std::swap(slot_, other.slot_);
        return *this;
    }
    ~message_buffer() { reset(); }

    void reset() {
        char* const memory = std::exchange(memory_, nullptr);
        if (memory == nullptr) return;
        auto& shelf = shelves()[slot_];
        if (shelf.size() << slot_ < max_pooled_bytes_each)
            shelf.push_back(memory);
        else
            std::free(memory);
    }

    [[nodiscard]] char* data() const { return memory_ + head_room; }
    [[nodiscard]] std::size_t capacity() const {
        return memory_ == nullptr ? 0 : (std::size_t{1} << slot_) - head_room;
    }
    [[nodiscard]] explicit operator bool() const { return memory_ != nullptr; }

private:
    static constexpr std::size_t max_pooled_bytes_each = std::size_t{256} << 20;
    using shelf_list = std::array<std::vector<char*>, 40>;

    static unsigned slot_for(std::size_t bytes) {
        const auto slot = static_cast<unsigned>(std::bit_width(bytes - 1));
        return slot < 12 ? 12 : slot;
    }
    static shelf_list& shelves() {
        static shelf_list all;
        return all;
    }

    char* memory_ = nullptr;
    unsigned slot_ = 0;
};

}  // namespace echo
