// SPDX-License-Identifier: Apache-2.0
// scope_path: the names of the spans around a task, the innermost first.
#pragma once

#include <string>
#include <string_view>

namespace weir::trace {

/// One name and the way to those around it. Lives in the frame of its span; a context value there.
class scope_path {
public:
    /// @param name   lives as long. @param outer  null = there is none around it; lives longer.
    explicit scope_path(std::string_view name, const scope_path* outer) noexcept
        : name_(name), outer_(outer) {}

    [[nodiscard]] std::string_view name() const noexcept { return name_; }
    [[nodiscard]] const scope_path* outer() const noexcept { return outer_; }
    /// `app/request/load`.
    [[nodiscard]] std::string to_string() const;

private:
    std::string_view name_;
    const scope_path* outer_;
};

}  // namespace weir::trace
