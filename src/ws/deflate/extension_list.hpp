// SPDX-License-Identifier: Apache-2.0
// extension_list: what a Sec-WebSocket-Extensions field says (RFC 6455 9.1), to the letter:
//
//   extension-list  = 1#extension
//   extension       = token *( ";" extension-param )
//   extension-param = token [ "=" ( token | quoted-string ) ]     a quoted value is a token, too
#pragma once

#include <weir/http/message/headers.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::ws {

/// One parameter of an extension.
class extension_parameter {
public:
    extension_parameter(std::string_view name, std::optional<std::string> value)
        : name_(name), value_(std::move(value)) {}
    [[nodiscard]] std::string_view name() const noexcept { return name_; }
    /// Without quotes; nullopt = there is none.
    [[nodiscard]] const std::optional<std::string>& value() const noexcept { return value_; }

private:
    std::string_view name_;
    std::optional<std::string> value_;
};

/// One extension that is offered or accepted. Views into the fields that it was read from.
class extension {
public:
    explicit extension(std::string_view name) noexcept : name_(name) {}
    void add(extension_parameter parameter) { parameters_.push_back(std::move(parameter)); }
    [[nodiscard]] std::string_view name() const noexcept { return name_; }
    [[nodiscard]] const std::vector<extension_parameter>& parameters() const noexcept {
        return parameters_;
    }

private:
    std::string_view name_;
    std::vector<extension_parameter> parameters_;
};

/// All extensions of all such fields, in order; nullopt = something is malformed.
[[nodiscard]] std::optional<std::vector<extension>> read_extensions(const http::headers& fields);

}  // namespace weir::ws
