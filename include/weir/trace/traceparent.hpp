// SPDX-License-Identifier: Apache-2.0
// traceparent: the header by which a trace goes from process to process.
//
//   00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
//   version-trace id-span id-flags, of which only the lowest, "sampled", has a meaning
//
// A trace that came from outside is continued by its context, and passed on by that of the span:
//
//   const auto from = trace::parse_traceparent(header);
//   co_await with_value(from.value_or(trace::span_context()), trace::span("request", handle()));
//   ... const auto& here = co_await context<trace::span_context>();
//       send_header("traceparent", trace::format_traceparent(here));
//
// Source: W3C Trace Context, Recommendation of 2021-11-23, 3.2.
#pragma once

#include <weir/base/result.hpp>
#include <weir/trace/span_context.hpp>

#include <string>
#include <string_view>

namespace weir::trace {

/// Reads a header. Strict: capitals, blanks and ids of zeros are refused, and version 00 has
/// nothing after its flags. Of a later version the same four fields are read (4.3 "Versioning").
///
/// Errors:  invalid_argument; then the header is to be ignored and a new trace begun.
[[nodiscard]] result<span_context> parse_traceparent(std::string_view header) noexcept;

/// A header of version 00, 55 characters. A context of no trace has none: a contract violation.
[[nodiscard]] std::string format_traceparent(const span_context& of);

}  // namespace weir::trace
