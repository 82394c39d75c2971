// SPDX-License-Identifier: Apache-2.0
// field_list: the elements of a comma-separated field, one by one and without memory of their own,
// over all fields of that name. A comma inside a quoted string divides nothing. Source: RFC 9110
// 5.6.1 (lists), 5.6.4 (quoted strings).
#pragma once

#include <weir/http/message/headers.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::http {

/// Whether a field has quoted strings. One that has none must not be read as if it had: a quote
/// that a stranger put there would hide what others appended.
enum class quoting : std::uint8_t { strings, none };

/// Takes what stands before the next `separator` off the front of `text`: trimmed, perhaps empty.
/// One within a quoted string does not count; a string that never ends reaches to the end.
[[nodiscard]] std::string_view take_until(std::string_view& text, char separator,
                                          quoting quotes = quoting::strings) noexcept;

/// Walks through the elements of a list.
class field_list {
public:
    /// @param of  must outlive this and stay as it is.
    field_list(const headers& of, std::string_view name, quoting quotes = quoting::strings) noexcept
        : of_(of), name_(name), quotes_(quotes) {}

    /// The next element, trimmed; empty ones are left out. nullopt = that was all.
    [[nodiscard]] std::optional<std::string_view> next() noexcept;

private:
    const headers& of_;
    std::string_view name_;
    std::string_view rest_;
    std::size_t next_field_ = 0;
    quoting quotes_;
};

}  // namespace weir::http
