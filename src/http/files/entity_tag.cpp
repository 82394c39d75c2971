// SPDX-License-Identifier: Apache-2.0
#include <weir/http/files/entity_tag.hpp>

#include <algorithm>
#include <cstddef>

namespace weir::http {
namespace {

bool is_tag_char(char c) noexcept {
    return static_cast<unsigned char>(c) > 0x20 && c != '"' && c != 0x7F;
}

/// How many characters of the front of `text` are a tag; 0 = none.
std::size_t tag_size(std::string_view text) noexcept {
    const std::size_t opened = text.starts_with("W/") ? 2 : 0;
    if (opened >= text.size() || text[opened] != '"') return 0;
    const auto closed = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(opened) + 1,
                                         text.end(), is_tag_char);
    if (closed == text.end() || *closed != '"') return 0;
    return static_cast<std::size_t>(closed - text.begin()) + 1;
}

}  // namespace

std::optional<entity_tag> entity_tag::parse(std::string_view text) noexcept {
    if (text.empty() || tag_size(text) != text.size()) return std::nullopt;
    const bool is_weak = text[0] == 'W';
    return entity_tag(text.substr(is_weak ? 2 : 0), is_weak);
}

std::optional<entity_tag> entity_tag::take(std::string_view& list) noexcept {
    while (!list.empty()) {
        const std::size_t start = std::min(list.find_first_not_of(" \t,"), list.size());
        list.remove_prefix(start);
        const std::string_view tag = list.substr(0, tag_size(list));
        list.remove_prefix(tag.size());
        const std::size_t end = std::min(list.find(','), list.size());
        const bool is_whole = list.substr(0, end).find_first_not_of(" \t") == list.npos;
        list.remove_prefix(end);
        if (is_whole && !tag.empty()) return parse(tag);
    }
    return std::nullopt;
}

}  // namespace weir::http
