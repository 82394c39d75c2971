// SPDX-License-Identifier: Apache-2.0
#include <weir/trace/traceparent.hpp>

#include <weir/base/assert.hpp>

#include "hex.hpp"

#include <fmt/format.h>

#include <cstddef>

namespace weir::trace {

namespace {

// Where the fields of version 00 are, and so the first ones of every later version.
constexpr std::size_t trace_at = 3;
constexpr std::size_t span_at = 36;
constexpr std::size_t flags_at = 53;
constexpr std::size_t whole = 55;
constexpr std::uint64_t forbidden_version = 0xff;
constexpr std::uint64_t sampled_flag = 1;

bool has_dashes(std::string_view header) noexcept {
    return header[trace_at - 1] == '-' && header[span_at - 1] == '-' && header[flags_at - 1] == '-';
}

}  // namespace

result<span_context> parse_traceparent(std::string_view header) noexcept {
    const auto refused = fail(std::errc::invalid_argument);
    if (header.size() < whole || !has_dashes(header)) return refused;
    const auto version = parse_hex(header.substr(0, 2));
    if (!version || *version == forbidden_version) return refused;
    const bool has_more = header.size() > whole;
    if (has_more && (*version == 0 || header[whole] != '-')) return refused;
    const auto trace = trace_id::parse(header.substr(trace_at, 32));
    const auto span = span_id::parse(header.substr(span_at, 16));
    const auto flags = parse_hex(header.substr(flags_at, 2));
    if (!trace || !span || !flags) return refused;
    return span_context(*trace, *span, (*flags & sampled_flag) != 0);
}

std::string format_traceparent(const span_context& of) {
    WEIR_ASSERT(of.is_valid(), "a traceparent of a context that belongs to no trace");
    return fmt::format("00-{}-{}-{:02x}", of.trace().to_string(), of.span().to_string(),
                       of.is_sampled() ? sampled_flag : 0);
}

}  // namespace weir::trace
