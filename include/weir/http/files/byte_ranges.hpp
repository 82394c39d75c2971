// SPDX-License-Identifier: Apache-2.0
// byte_ranges: which parts of a representation a request asks for. Sources: RFC 9110 14.1.2 (byte
// ranges), 14.2 (Range), 14.4 (Content-Range), 14.6 (multipart/byteranges), 15.5.17 (416), 17.15
// (many small ranges as an attack).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::http {

/// A part of a representation: `size` bytes from `first` on; 1 or more.
class byte_range {
public:
    byte_range(std::uint64_t first, std::uint64_t size) noexcept : first_(first), size_(size) {}

    [[nodiscard]] std::uint64_t first() const noexcept { return first_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    [[nodiscard]] std::uint64_t last() const noexcept { return first_ + size_ - 1; }
    [[nodiscard]] bool operator==(const byte_range&) const noexcept = default;

private:
    std::uint64_t first_;
    std::uint64_t size_;
};

/// What a Range is answered with.
enum class range_answer : std::uint8_t {
    whole,          ///< 200: no Range, or one that is ignored
    partial,        ///< 206 with these ranges: several as multipart/byteranges
    unsatisfiable,  ///< 416: none of them begins within the representation
};

/// The ranges of one request; a value.
class byte_ranges {
public:
    static constexpr std::size_t default_max_ranges = 8;

    /// Ranges keep the order that was asked for. Ignored as a whole is a Range that is malformed or
    /// counts something else than bytes, has more than `max_ranges` ranges, or whose ranges
    /// together are longer than the representation: whoever wants more than all wants harm.
    /// @param field       the value of the Range; empty = there was none.
    /// @param total_size  of the representation.
    /// @param max_ranges  0 = every Range is ignored.
    [[nodiscard]] static byte_ranges of(std::string_view field, std::uint64_t total_size,
                                        std::size_t max_ranges = default_max_ranges);

    [[nodiscard]] range_answer answer() const noexcept { return answer_; }
    /// Empty unless `partial`.
    [[nodiscard]] std::span<const byte_range> ranges() const noexcept { return ranges_; }

private:
    range_answer answer_ = range_answer::whole;
    std::vector<byte_range> ranges_;
};

/// The Content-Range of a part: "bytes 0-499/1234".
[[nodiscard]] std::string content_range(const byte_range& part, std::uint64_t total_size);
/// The Content-Range of a 416: "bytes */1234".
[[nodiscard]] std::string unsatisfied_content_range(std::uint64_t total_size);

}  // namespace weir::http
