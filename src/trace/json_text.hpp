// SPDX-License-Identifier: Apache-2.0
// Values as JSON, appended to a text (RFC 8259; numbers as the JSON mapping of Protocol Buffers
// wants them).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::trace {

/// In quotes. Bytes that are no UTF-8 become U+FFFD, so that the text is JSON whatever it is told.
void append_json(std::string& to, std::string_view text);
/// `3`, `0.5`; what JSON has no number for as "NaN", "Infinity", "-Infinity".
void append_json(std::string& to, double number);
/// In quotes, because a reader's numbers may have 53 bits only.
void append_json(std::string& to, std::int64_t number);
void append_json(std::string& to, std::uint64_t number);

}  // namespace weir::trace
