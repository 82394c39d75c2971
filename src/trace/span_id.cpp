// SPDX-License-Identifier: Apache-2.0
#include <weir/trace/span_id.hpp>

#include "hex.hpp"

#include <fmt/format.h>

namespace weir::trace {

result<span_id> span_id::parse(std::string_view text) noexcept {
    if (text.size() != 16) return fail(std::errc::invalid_argument);
    const auto number = parse_hex(text);
    if (!number || *number == 0) return fail(std::errc::invalid_argument);
    return span_id(*number);
}

std::string span_id::to_string() const { return fmt::format("{:016x}", number_); }

}  // namespace weir::trace
