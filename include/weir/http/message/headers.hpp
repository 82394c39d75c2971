// SPDX-License-Identifier: Apache-2.0
// headers: the header fields of one HTTP message, in order, looked up without regard to case.
// All text lies in one string: a message of 20 fields costs two allocations, not forty.
// Source: RFC 9110 5 (fields, tokens, lists).
#pragma once

#include <weir/base/lifetime.hpp>
#include <weir/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::http {

/// Whether two strings are equal when ASCII letters are compared without case.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// Whether `text` is a token (RFC 9110 5.6.2): what a method, a field name or a sub-protocol is.
[[nodiscard]] bool is_token(std::string_view text) noexcept;

/// Whether `text` may be the value of a field: nothing in it could end the line.
[[nodiscard]] bool is_field_value(std::string_view text) noexcept;

/// `text` without spaces and tabs at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

/// Name and value of one field; views into the `headers` that gave it.
class header_field {
public:
    header_field(std::string_view name, std::string_view value) noexcept
        : name_(name), value_(value) {}
    [[nodiscard]] std::string_view name() const noexcept { return name_; }
    [[nodiscard]] std::string_view value() const noexcept { return value_; }

private:
    std::string_view name_;
    std::string_view value_;
};

/// An ordered list of fields; a value. Views that it gives are valid until it changes.
class headers {
public:
    headers() = default;

    /// Appends a field; a name may occur more than once.
    /// @param name   a token.
    /// @param value  no CR, LF or NUL; spaces at its ends are dropped.
    /// Errors:       errc::bad_header_name, errc::bad_header_value: what could split a message.
    result<void> add(std::string_view name, std::string_view value);

    /// Replaces all fields of that name by this one, which stands last.
    /// Errors:       as `add`; nothing has changed then.
    result<void> set(std::string_view name, std::string_view value);
    /// Drops all fields of that name.
    void remove(std::string_view name);

    /// The value of the first field of that name; nullopt = there is none.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept
        WEIR_LIFETIMEBOUND;
    /// How many fields have that name.
    [[nodiscard]] std::size_t count(std::string_view name) const noexcept;
    /// Whether any field of that name has `token` in its comma-separated list, without case.
    [[nodiscard]] bool has_token(std::string_view name, std::string_view token) const noexcept;
    /// The elements of all lists of that name, in order, trimmed; empty elements are left out.
    [[nodiscard]] std::vector<std::string_view> list(std::string_view name) const
        WEIR_LIFETIMEBOUND;

    /// Forgets all fields and keeps the memory for others.
    void clear() noexcept {
        text_.clear();
        places_.clear();
    }

    [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }
    [[nodiscard]] bool empty() const noexcept { return places_.empty(); }
    /// @param index  0 ... size() - 1.
    [[nodiscard]] header_field operator[](std::size_t index) const noexcept WEIR_LIFETIMEBOUND;

private:
    struct place {
        std::uint32_t begin;
        std::uint32_t name_size;
        std::uint32_t value_size;
    };

    [[nodiscard]] const place* next(const place* from, std::string_view name) const noexcept;
    [[nodiscard]] std::string_view value_at(const place& at) const noexcept;

    std::string text_;
    std::vector<place> places_;
};

}  // namespace weir::http
