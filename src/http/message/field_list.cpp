// SPDX-License-Identifier: Apache-2.0
#include "field_list.hpp"

namespace weir::http {

std::string_view take_until(std::string_view& text, char separator, quoting quotes) noexcept {
    std::size_t at = 0;
    bool is_quoted = false;
    for (; at < text.size() && (is_quoted || text[at] != separator); ++at) {
        if (text[at] == '"' && quotes == quoting::strings) is_quoted = !is_quoted;
        if (is_quoted && text[at] == '\\') ++at;
    }
    const std::string_view taken = trimmed(text.substr(0, at));
    text.remove_prefix(at < text.size() ? at + 1 : text.size());
    return taken;
}

std::optional<std::string_view> field_list::next() noexcept {
    for (;;) {
        while (!rest_.empty()) {
            const std::string_view element = take_until(rest_, ',', quotes_);
            if (!element.empty()) return element;
        }
        if (next_field_ == of_.size()) return std::nullopt;
        const header_field field = of_[next_field_++];
        if (equal_ignoring_case(field.name(), name_)) rest_ = field.value();
    }
}

}  // namespace weir::http
