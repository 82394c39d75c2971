// SPDX-License-Identifier: Apache-2.0
// Fuzz support: the first bytes of an input say where the rest is split, so that the fuzzer finds
// the split that matters by itself.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace weir::fuzz {

/// The part of the input that is fed, and the sizes of its pieces.
class split_input {
public:
    split_input(const std::uint8_t* data, std::size_t size)
        : sizes_(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 4)),
          left_(reinterpret_cast<const char*>(data) + sizes_.size(), size - sizes_.size()) {}

    [[nodiscard]] std::string_view whole() const { return left_; }

    /// The next piece, 1 ... 256 bytes; empty at the end.
    [[nodiscard]] std::string_view next_piece() {
        if (left_.empty()) return {};
        const auto choice = static_cast<unsigned char>(sizes_[turn_++ % sizes_.size()]);
        const std::string_view piece = left_.substr(0, choice + std::size_t{1});
        left_.remove_prefix(piece.size());
        return piece;
    }

private:
    std::string_view sizes_;
    std::string_view left_;
    std::size_t turn_ = 0;
};

/// Stops the fuzzer when a property does not hold.
inline void require(bool holds, const char* property) {
    if (holds) return;
    std::fprintf(stderr, "broken property: %s\n", property);
    std::abort();
}

}  // namespace weir::fuzz
