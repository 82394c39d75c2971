// SPDX-License-Identifier: Apache-2.0
#include "otlp_json.hpp"

#include "cut.hpp"
#include "json_text.hpp"

#include <fmt/format.h>

#include <type_traits>
#include <variant>

namespace weir::trace {

std::string key_value(const attribute& of, std::size_t max_text_bytes) {
    std::string object = "{\"key\":";
    append_json(object, cut(of.name(), max_text_bytes));
    object += ",\"value\":{";
    const auto append_value = [&](const auto& value) {
        using type = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<type, bool>) {
            object += value ? "\"boolValue\":true" : "\"boolValue\":false";
        } else if constexpr (std::is_same_v<type, std::string_view>) {
            object += "\"stringValue\":";
            append_json(object, cut(value, max_text_bytes));
        } else {
            object += std::is_same_v<type, double> ? "\"doubleValue\":" : "\"intValue\":";
            append_json(object, value);
        }
    };
    std::visit(append_value, of.value());
    return object + "}}";
}

std::string joined(const std::vector<std::string>& objects) {
    std::string list;
    for (const std::string& each : objects) {
        if (!list.empty()) list += ',';
        list += each;
    }
    return list;
}

std::string resource_of(std::string_view service_name) {
    const attribute name("service.name", service_name);
    return "{\"attributes\":[" + key_value(name, std::string_view::npos) + "]}";
}

std::string message_of(const otlp_levels& levels, std::string_view resource,
                       std::string_view content) {
    return fmt::format(
        R"({{"{}":[{{"resource":{},"{}":[{{"scope":{{"name":"weir"}},"{}":[{}]}}]}}]}})",
        levels.resources, resource, levels.scopes, levels.items, content);
}

}  // namespace weir::trace
