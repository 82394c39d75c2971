// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/headers.hpp>

#include <weir/base/assert.hpp>
#include <weir/http/message/error.hpp>

#include <algorithm>

#include "character_set.hpp"

namespace weir::http {
namespace {

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr character_set token_chars(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&'*+-.^_`|~");

/// Visible, blank, or beyond ASCII: nothing that could end a line.
constexpr bool is_value_char(char c) noexcept {
    const auto code = static_cast<unsigned char>(c);
    return (code >= 0x20 && code != 0x7F) || c == '\t';
}

/// Takes the first element off a comma-separated list; trimmed, perhaps empty.
std::string_view take_element(std::string_view& list) noexcept {
    const std::size_t comma = list.find(',');
    const std::string_view element = trimmed(list.substr(0, comma));
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    return element;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    if (a == b) return true;  // as nearly always
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return lower(x) == lower(y); });
}

bool is_token(std::string_view text) noexcept {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return token_chars.contains(c); });
}

bool is_field_value(std::string_view text) noexcept {
    bool is_fine = true;  // all at once, not one after the other: they are fine, as a rule
    for (const char c : text) is_fine &= is_value_char(c);
    return is_fine;
}

std::string_view trimmed(std::string_view text) noexcept {
    const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
    if (text.empty() || (!is_blank(text.front()) && !is_blank(text.back()))) return text;
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

result<void> headers::add(std::string_view name, std::string_view value) {
    if (!is_token(name)) return fail(make_error_code(errc::bad_header_name));
    const std::string_view clean = trimmed(value);
    if (!is_field_value(clean)) return fail(make_error_code(errc::bad_header_value));
    if (text_.size() + name.size() + clean.size() > UINT32_MAX) {
        return fail(make_error_code(errc::headers_over_limit));
    }
    place added{};
    added.begin = static_cast<std::uint32_t>(text_.size());
    added.name_size = static_cast<std::uint32_t>(name.size());
    added.value_size = static_cast<std::uint32_t>(clean.size());
    text_.append(name).append(clean);
    places_.push_back(added);
    return {};
}

result<void> headers::set(std::string_view name, std::string_view value) {
    if (const auto added = add(name, value); !added) return added;
    const place kept = places_.back();
    places_.pop_back();
    remove(std::string_view(text_).substr(kept.begin, kept.name_size));
    places_.push_back(kept);
    return {};
}

// The text of dropped fields stays behind: a message that is built drops few.
void headers::remove(std::string_view name) {
    const std::string_view text = text_;
    std::erase_if(places_, [&](const place& at) {
        return equal_ignoring_case(text.substr(at.begin, at.name_size), name);
    });
}

header_field headers::operator[](std::size_t index) const noexcept {
    WEIR_ASSERT(index < places_.size(), "a header index must be below size()");
    const place& at = places_[index];
    const std::string_view text = text_;
    return {text.substr(at.begin, at.name_size),
            text.substr(at.begin + at.name_size, at.value_size)};
}

/// The first field of that name from `from` on; null = there is none.
const headers::place* headers::next(const place* from, std::string_view name) const noexcept {
    for (const place* end = places_.data() + places_.size(); from != end; ++from) {
        if (from->name_size != name.size()) continue;  // most of them
        if (equal_ignoring_case({text_.data() + from->begin, name.size()}, name)) return from;
    }
    return nullptr;
}

std::string_view headers::value_at(const place& at) const noexcept {
    return {text_.data() + at.begin + at.name_size, at.value_size};
}

std::optional<std::string_view> headers::find(std::string_view name) const noexcept {
    const place* found = next(places_.data(), name);
    return found == nullptr ? std::nullopt : std::optional(value_at(*found));
}

std::size_t headers::count(std::string_view name) const noexcept {
    std::size_t found = 0;
    const place* at = next(places_.data(), name);
    for (; at != nullptr; at = next(at + 1, name)) ++found;
    return found;
}

bool headers::has_token(std::string_view name, std::string_view token) const noexcept {
    const place* at = next(places_.data(), name);
    for (; at != nullptr; at = next(at + 1, name)) {
        std::string_view rest = value_at(*at);
        while (!rest.empty()) {
            if (equal_ignoring_case(take_element(rest), token)) return true;
        }
    }
    return false;
}

std::vector<std::string_view> headers::list(std::string_view name) const {
    std::vector<std::string_view> elements;
    const place* at = next(places_.data(), name);
    for (; at != nullptr; at = next(at + 1, name)) {
        std::string_view rest = value_at(*at);
        while (!rest.empty()) {
            const std::string_view element = take_element(rest);
            if (!element.empty()) elements.push_back(element);
        }
    }
    return elements;
}

}  // namespace weir::http
