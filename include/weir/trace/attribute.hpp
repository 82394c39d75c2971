// SPDX-License-Identifier: Apache-2.0
// attribute: a name and a value beside something that is recorded.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace weir::trace {

/// Refers to its texts and copies none: a recorder that keeps them copies them, and without one
/// nobody does. Given away as an argument; not to be kept.
///
/// ```cpp
/// co_await trace::record_event("cache miss", trace::attribute("key", key));
/// ```
class attribute {
public:
    using value_type = std::variant<bool, std::int64_t, double, std::string_view>;

    explicit attribute(std::string_view name, std::string_view value) noexcept
        : name_(name), value_(value) {}
    explicit attribute(std::string_view name, const char* value) noexcept
        : name_(name), value_(std::string_view(value)) {}
    explicit attribute(std::string_view name, bool value) noexcept : name_(name), value_(value) {}
    /// Of 64 bits with a sign: what is above 2^63 comes out below 0.
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    explicit attribute(std::string_view name, T value) noexcept
        : name_(name), value_(static_cast<std::int64_t>(value)) {}
    template <std::floating_point T>
    explicit attribute(std::string_view name, T value) noexcept
        : name_(name), value_(static_cast<double>(value)) {}

    [[nodiscard]] std::string_view name() const noexcept { return name_; }
    [[nodiscard]] const value_type& value() const noexcept { return value_; }
    /// `key=42`, for people.
    [[nodiscard]] std::string to_string() const;

private:
    std::string_view name_;
    value_type value_;
};

/// `{key=42, tier=l2}`, for people; nothing where there is none.
[[nodiscard]] std::string to_string(std::span<const attribute> all);

}  // namespace weir::trace
