// SPDX-License-Identifier: Apache-2.0
// byte_queue: bytes in the order in which they came.
#pragma once

#include <weir/base/bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

namespace weir::sim {

class byte_queue {
public:
    byte_queue() = default;

    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size() - begin_; }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    void push(bytes data) { bytes_.insert(bytes_.end(), data.begin(), data.end()); }
    /// Moves the first `count` bytes, at most `size()`, to `out`.
    void pop(std::byte* out, std::size_t count) noexcept {
        if (count == 0) return;
        std::memcpy(out, bytes_.data() + begin_, count);
        begin_ += count;
        if (begin_ < bytes_.size() && begin_ < compact_from) return;
        bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(begin_));
        begin_ = 0;
    }
    void clear() noexcept {
        bytes_.clear();
        begin_ = 0;
    }

private:
    static constexpr std::size_t compact_from = 64 * 1024;

    std::vector<std::byte> bytes_;
    std::size_t begin_ = 0;
};

}  // namespace weir::sim
