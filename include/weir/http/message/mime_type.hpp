// SPDX-License-Identifier: Apache-2.0
// mime_type: what a file holds, by its name. Source: IANA's registry of media types; RFC 9239 for
// JavaScript.
#pragma once

#include <string_view>

namespace weir::http {

/// The Content-Type for a file of that name: texts are said to be in UTF-8. What is unknown is
/// "application/octet-stream"; send `X-Content-Type-Options: nosniff` along with it.
/// @param file_name  only what follows its last dot counts, without case.
[[nodiscard]] std::string_view mime_type(std::string_view file_name) noexcept;

}  // namespace weir::http
