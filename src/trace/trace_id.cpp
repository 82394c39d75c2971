// SPDX-License-Identifier: Apache-2.0
#include <weir/trace/trace_id.hpp>

#include "hex.hpp"

#include <fmt/format.h>

namespace weir::trace {

result<trace_id> trace_id::parse(std::string_view text) noexcept {
    if (text.size() != 32) return fail(std::errc::invalid_argument);
    const auto high = parse_hex(text.substr(0, 16));
    const auto low = parse_hex(text.substr(16));
    if (!high || !low || (*high | *low) == 0) return fail(std::errc::invalid_argument);
    return trace_id(*high, *low);
}

std::string trace_id::to_string() const { return fmt::format("{:016x}{:016x}", high_, low_); }

}  // namespace weir::trace
