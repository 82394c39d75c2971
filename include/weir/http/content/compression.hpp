// SPDX-License-Identifier: Apache-2.0
// compression: which responses are worth packing, and what their headers say then. Sources:
// RFC 9110 8.4, 8.8.3 (validators), 12.5.3, 12.5.5 (Vary), RFC 9111 5.2.2.6 (no-transform).
#pragma once

#include <weir/http/content/content_coding.hpp>
#include <weir/http/content/content_encoder.hpp>
#include <weir/http/message/request.hpp>
#include <weir/http/message/response.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace weir::http {

/// Whether bodies of this type become notably smaller: text, JSON, XML, fonts and programs that are
/// not packed already. Not text/event-stream, which would wait for more to pack.
/// @param content_type  the value of a Content-Type; parameters do not count.
[[nodiscard]] bool is_compressible(std::string_view content_type) noexcept;

/// Packs the bodies of responses; a value.
///
/// A response that tells a secret and repeats what was asked for shows the secret by its length
/// (the BREACH attack): give such ones `Cache-Control: no-transform`, and they stay as they are.
///
/// ```cpp
/// const weir::http::compression compression;
/// compression.apply(request, response);
/// ```
class compression {
public:
    compression() noexcept {}

    /// Shorter bodies stay as they are: default 1024 bytes.
    compression& min_bytes(std::uint64_t value) noexcept {
        min_bytes_ = value;
        return *this;
    }
    /// 1 (fast) ... 9 (small): default 6.
    compression& level(int value) noexcept {
        level_ = value;
        return *this;
    }
    [[nodiscard]] std::uint64_t min_bytes() const noexcept { return min_bytes_; }
    [[nodiscard]] int level() const noexcept { return level_; }

    /// Decides how the body of `head` will be sent, and says so in its headers: Vary wherever the
    /// request could have changed the decision, Content-Encoding, and a strong ETag becomes a weak
    /// one, since the bytes are others. For bodies that are sent piece by piece: pack them with a
    /// content_encoder.
    /// @param size  of the body; nullopt = unknown yet.
    [[nodiscard]] content_coding choose(const request& asked, response& head,
                                        std::optional<std::uint64_t> size) const;

    /// Packs the whole body of `answer`, unless it would not become smaller.
    void apply(const request& asked, response& answer) const;

private:
    [[nodiscard]] bool is_worth(const response& head, std::optional<std::uint64_t> size) const;

    std::uint64_t min_bytes_ = 1024;
    int level_ = content_encoder::default_level;
};

static_assert(!std::is_aggregate_v<compression>);

}  // namespace weir::http
