// SPDX-License-Identifier: Apache-2.0
// deflate_parameters: what two peers agreed on about permessage-deflate, as one of them sees it.
#pragma once

#include <weir/base/assert.hpp>

#include <cstdint>
#include <type_traits>

namespace weir::ws {

/// The smallest and the largest window, as powers of two, that messages are compressed with. RFC
/// 7692 knows 8 as well, but zlib cannot write raw deflate with a window of 256 bytes.
inline constexpr int min_window_bits = 9;
inline constexpr int max_window_bits = 15;

/// The agreement for both directions; a value of one byte, because every connection has one.
class deflate_parameters {
public:
    /// Nothing was agreed on: messages travel as they are.
    constexpr deflate_parameters() noexcept = default;
    /// Each message is compressed by itself.
    /// @param send_bits     9 ... 15; 0 = what this side sends stays uncompressed.
    /// @param receive_bits  9 ... 15.
    constexpr deflate_parameters(int send_bits, int receive_bits) noexcept
        : send_(code_of(send_bits) & 7U), receive_(code_of(receive_bits) & 7U) {
        WEIR_ASSERT(receive_ != 0, "a side that agreed on deflate can inflate");
    }

    /// What this side sends refers to its earlier messages.
    constexpr deflate_parameters& keep_send_context(bool keeps = true) noexcept {
        keeps_send_context_ = keeps && send_ != 0;
        return *this;
    }
    /// What the peer sends refers to its earlier messages.
    constexpr deflate_parameters& keep_receive_context(bool keeps = true) noexcept {
        keeps_receive_context_ = keeps;
        return *this;
    }

    /// Whether compressed messages may come.
    [[nodiscard]] constexpr bool is_agreed() const noexcept { return receive_ != 0; }
    /// Whether compressed messages may be sent.
    [[nodiscard]] constexpr bool may_compress() const noexcept { return send_ != 0; }
    /// 9 ... 15; meaningful where `may_compress`.
    [[nodiscard]] constexpr int send_window_bits() const noexcept { return send_ + base; }
    /// 9 ... 15; meaningful where `is_agreed`.
    [[nodiscard]] constexpr int receive_window_bits() const noexcept { return receive_ + base; }
    [[nodiscard]] constexpr bool keeps_send_context() const noexcept { return keeps_send_context_; }
    [[nodiscard]] constexpr bool keeps_receive_context() const noexcept {
        return keeps_receive_context_;
    }
    [[nodiscard]] constexpr bool keeps_context() const noexcept {
        return keeps_send_context_ || keeps_receive_context_;
    }

    [[nodiscard]] friend constexpr bool operator==(deflate_parameters a,
                                                   deflate_parameters b) noexcept {
        return a.send_ == b.send_ && a.receive_ == b.receive_ &&
               a.keeps_send_context_ == b.keeps_send_context_ &&
               a.keeps_receive_context_ == b.keeps_receive_context_;
    }

private:
    static constexpr int base = min_window_bits - 1;

    static constexpr std::uint8_t code_of(int bits) noexcept {
        WEIR_ASSERT(bits == 0 || (bits >= min_window_bits && bits <= max_window_bits),
                    "a deflate window has 9 to 15 bits");
        return bits == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(bits - base);
    }

    std::uint8_t send_ : 3 = 0;     // window bits - 8; 0 = none
    std::uint8_t receive_ : 3 = 0;  // the same
    std::uint8_t keeps_send_context_ : 1 = 0;
    std::uint8_t keeps_receive_context_ : 1 = 0;
};

static_assert(sizeof(deflate_parameters) == 1 && !std::is_aggregate_v<deflate_parameters>);

}  // namespace weir::ws
