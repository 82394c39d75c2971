// SPDX-License-Identifier: Apache-2.0
// content_coding: how a body is packed, and which packing the two sides agree upon.
// Sources: RFC 9110 8.4 (Content-Encoding), 12.4.2 (weights), 12.5.3 (Accept-Encoding).
#pragma once

#include <weir/base/result.hpp>
#include <weir/http/message/headers.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::http {

/// The codings that are spoken, the least wanted first.
enum class content_coding : std::uint8_t {
    identity,  ///< as it is
    deflate,   ///< the zlib format (RFC 1950), whatever the name says
    gzip,      ///< RFC 1952
};

/// The name that is registered with IANA.
[[nodiscard]] std::string_view name_of(content_coding coding) noexcept;

/// What the sender of `asked` wants most of what is spoken here; of several, the smallest. The
/// identity where it says nothing, since it may not understand any other.
///
/// @return     nullopt = even the identity is refused: answer 406, or ignore the wish.
/// Allocates:  nothing.
/// Source:     RFC 9110 12.5.3. An element that is malformed counts as not there.
[[nodiscard]] std::optional<content_coding> accepted_coding(const headers& asked) noexcept;

/// How the body that `fields` belong to is packed.
///
/// Errors:  errc::unsupported_coding: another coding, or one upon another: answer 415.
[[nodiscard]] result<content_coding> coding_of(const headers& fields) noexcept;

}  // namespace weir::http
