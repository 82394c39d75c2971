// SPDX-License-Identifier: Apache-2.0
// content_decoder: a body as it was sent -> as it is, piece by piece and never more than allowed:
// a few kilobytes of zeros, well packed, are gigabytes. Sources: RFC 1950, RFC 1952; zlib does the
// work.
//
//   packed --its end--> ended --another gzip member--> packed
//      \--damaged, or a limit is passed--> failed
#pragma once

#include <weir/base/assert.hpp>
#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/http/content/content_coding.hpp>
#include <weir/http/message/request.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <type_traits>

namespace weir::http {

/// What decoding one body may cost; a value.
class decoding_limits {
public:
    decoding_limits() noexcept {}

    /// The decoded body: default 1 MiB.
    decoding_limits& max_decoded_bytes(std::uint64_t value) noexcept {
        max_decoded_bytes_ = value;
        return *this;
    }
    /// Decoded bytes for each byte that was sent, once there are 64 KiB of them: default 100.
    /// Text has 3 ... 20, DEFLATE ends at 1032.
    decoding_limits& max_ratio(std::uint64_t value) noexcept {
        WEIR_ASSERT(value > 0, "a ratio of nothing allows no body");
        max_ratio_ = value;
        return *this;
    }

    [[nodiscard]] std::uint64_t max_decoded_bytes() const noexcept { return max_decoded_bytes_; }
    [[nodiscard]] std::uint64_t max_ratio() const noexcept { return max_ratio_; }

private:
    std::uint64_t max_decoded_bytes_ = std::uint64_t{1} << 20U;
    std::uint64_t max_ratio_ = 100;
};

/// Unpacks one body. Holds 40 KiB until it is destroyed, unless the coding is the identity.
/// Belongs to one shard; moves, does not copy.
class content_decoder {
public:
    explicit content_decoder(content_coding coding, const decoding_limits& limits = {});
    content_decoder(content_decoder&&) noexcept;
    content_decoder& operator=(content_decoder&&) noexcept;
    ~content_decoder();

    /// Takes bytes off the front of `data` and writes what they stand for.
    ///
    /// @param out  1 byte or more.
    /// @return     bytes written; 0 = all of `data` was taken, and more is needed.
    /// Errors:     errc::bad_coding, decoded_over_limit, coding_ratio_over_limit; again and again
    ///             then. What `out` holds is worth nothing.
    /// Allocates:  nothing.
    [[nodiscard]] result<std::size_t> read_some(bytes& data, mutable_bytes out) noexcept;

    /// Whether the body may end here. One that ends where this is false was cut off.
    [[nodiscard]] bool is_complete() const noexcept;

private:
    struct state;

    [[nodiscard]] std::size_t copy(bytes& data, mutable_bytes out) noexcept;
    [[nodiscard]] std::error_code passed_limit() const noexcept;

    std::unique_ptr<state> state_;  // null: the identity
    decoding_limits limits_;
    std::uint64_t taken_ = 0;
    std::uint64_t given_ = 0;
    std::error_code error_;
};

/// All of `data`, decoded.
///
/// Errors:  those of content_decoder; errc::bad_coding where it was cut off.
[[nodiscard]] result<std::string> decoded(content_coding coding, bytes data,
                                          const decoding_limits& limits = {});

/// Replaces the body of `message` by what it stands for, and drops its Content-Encoding.
///
/// Errors:  errc::unsupported_coding; those of `decoded`. Answer with `status_for`; the message is
///          as it was.
[[nodiscard]] result<void> decode_body(request& message, const decoding_limits& limits = {});

static_assert(!std::is_aggregate_v<decoding_limits>);

}  // namespace weir::http
