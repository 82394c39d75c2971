// SPDX-License-Identifier: Apache-2.0
#include <weir/trace/attribute.hpp>

#include <fmt/format.h>

namespace weir::trace {

std::string attribute::to_string() const {
    const auto with_name = [this](const auto& value) { return fmt::format("{}={}", name_, value); };
    return std::visit(with_name, value_);
}

std::string to_string(std::span<const attribute> all) {
    std::string text;
    for (const attribute& each : all) {
        text += text.empty() ? "{" : ", ";
        text += each.to_string();
    }
    return text.empty() ? text : text + '}';
}

}  // namespace weir::trace
