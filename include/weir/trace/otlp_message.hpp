// SPDX-License-Identifier: Apache-2.0
// otlp_message: what one request to a collector of telemetry contains.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace weir::trace {

// Where the kinds go, below the address of the collector (OTLP/HTTP).
inline constexpr std::string_view traces_path = "/v1/traces";
inline constexpr std::string_view metrics_path = "/v1/metrics";
inline constexpr std::string_view logs_path = "/v1/logs";

/// A body and where it goes, in one. A value.
class otlp_message {
public:
    explicit otlp_message(std::string_view where, std::string text, std::size_t content) noexcept
        : path(where), body(std::move(text)), items(content) {}

    std::string_view path;  ///< one of those above
    std::string body;       ///< of the type `application/json`
    std::size_t items;      ///< spans, series or logs in it
};

}  // namespace weir::trace
