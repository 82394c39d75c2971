// SPDX-License-Identifier: Apache-2.0
// The messages of OTLP in their JSON encoding, piece by piece.
// Source: OpenTelemetry Protocol 1.x, "JSON Protobuf Encoding": ids in hexadecimal instead of
// base64, enumerations as numbers, names in lowerCamelCase; 64-bit integers are texts.
#pragma once

#include <weir/trace/attribute.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::trace {

/// `{"key":"...","value":{"...Value":...}}`. @param max_text_bytes  longer texts are cut.
[[nodiscard]] std::string key_value(const attribute& of, std::size_t max_text_bytes);
/// `{...},{...}`
[[nodiscard]] std::string joined(const std::vector<std::string>& objects);

/// What all messages of an exporter begin with: who speaks.
[[nodiscard]] std::string resource_of(std::string_view service_name);
/// The names of the three levels of a message.
class otlp_levels {
public:
    explicit constexpr otlp_levels(std::string_view resources_, std::string_view scopes_,
                                   std::string_view items_) noexcept
        : resources(resources_), scopes(scopes_), items(items_) {}
    std::string_view resources;  ///< `resourceSpans`
    std::string_view scopes;     ///< `scopeSpans`
    std::string_view items;      ///< `spans`
};
/// A whole message with the items in `content`.
[[nodiscard]] std::string message_of(const otlp_levels& levels, std::string_view resource,
                                     std::string_view content);

}  // namespace weir::trace
