// SPDX-License-Identifier: Apache-2.0
// quoted: a text as a JSON string.
#pragma once

#include <string>
#include <string_view>

namespace weir::json {

/// Appends `text` in quotes, escaped (RFC 8259 7). Bytes that are no UTF-8 become U+FFFD, so that
/// it is JSON whatever it is told.
void append_quoted(std::string& to, std::string_view text);

/// The same alone.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace weir::json
