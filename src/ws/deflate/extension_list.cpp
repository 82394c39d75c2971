// SPDX-License-Identifier: Apache-2.0
#include "extension_list.hpp"

#include <algorithm>

namespace weir::ws {
namespace {

/// Reads one field from left to right; each step takes what it knows off the front.
class field_reader {
public:
    explicit field_reader(std::string_view text) noexcept : left_(http::trimmed(text)) {}

    [[nodiscard]] bool is_at_end() const noexcept { return left_.empty(); }

    /// Takes `wanted` and the spaces around it, if it comes next.
    [[nodiscard]] bool take(char wanted) noexcept {
        if (!left_.starts_with(wanted)) return false;
        left_ = http::trimmed(left_.substr(1));
        return true;
    }

    /// A token and the spaces behind it; empty = there is none.
    [[nodiscard]] std::string_view take_token() noexcept {
        const std::size_t size = std::min(left_.find_first_of(",;=\" \t"), left_.size());
        const std::string_view token = left_.substr(0, size);
        if (!http::is_token(token)) return {};
        left_ = http::trimmed(left_.substr(size));
        return token;
    }

    /// A token, quoted or not; nullopt = there is none.
    [[nodiscard]] std::optional<std::string> take_value() {
        if (!left_.starts_with('"')) {
            const std::string_view token = take_token();
            return token.empty() ? std::nullopt : std::optional<std::string>(token);
        }
        std::string value;
        for (std::size_t i = 1; i < left_.size(); ++i) {
            if (left_[i] == '"') {
                left_ = http::trimmed(left_.substr(i + 1));
                return http::is_token(value) ? std::optional(std::move(value)) : std::nullopt;
            }
            if (left_[i] == '\\' && ++i == left_.size()) break;
            value += left_[i];
        }
        return std::nullopt;
    }

private:
    std::string_view left_;
};

/// Reads the parameters of an extension whose name has been taken.
bool read_parameters(field_reader& from, extension& to) {
    while (from.take(';')) {
        const std::string_view name = from.take_token();
        if (name.empty()) return false;
        std::optional<std::string> value;
        if (from.take('=')) {
            value = from.take_value();
            if (!value) return false;
        }
        to.add(extension_parameter(name, std::move(value)));
    }
    return true;
}

bool read_field(std::string_view text, std::vector<extension>& to) {
    field_reader reader(text);
    while (!reader.is_at_end()) {
        if (reader.take(',')) continue;  // RFC 9110 5.6.1.2: empty elements are borne
        to.emplace_back(reader.take_token());
        if (to.back().name().empty() || !read_parameters(reader, to.back())) return false;
        if (!reader.is_at_end() && !reader.take(',')) return false;
    }
    return true;
}

}  // namespace

std::optional<std::vector<extension>> read_extensions(const http::headers& fields) {
    std::vector<extension> found;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (!http::equal_ignoring_case(fields[i].name(), "Sec-WebSocket-Extensions")) continue;
        if (!read_field(fields[i].value(), found)) return std::nullopt;
    }
    return found;
}

}  // namespace weir::ws
