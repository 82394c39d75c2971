// SPDX-License-Identifier: Apache-2.0
// entity_tag: the name of one state of a representation. Source: RFC 9110 8.8.3.
#pragma once

#include <optional>
#include <string_view>

namespace weir::http {

/// One tag, as in `"v1"` or `W/"v1"`; a view into the text that it was read from.
class entity_tag {
public:
    /// @return  nullopt = `text` is not exactly one tag.
    [[nodiscard]] static std::optional<entity_tag> parse(std::string_view text) noexcept;
    /// Takes the next tag off the front of a list, and what is none before it. A comma and a
    /// backslash may be part of a tag.
    /// @return  nullopt = there is none any more.
    [[nodiscard]] static std::optional<entity_tag> take(std::string_view& list) noexcept;

    [[nodiscard]] bool is_weak() const noexcept { return is_weak_; }
    /// What is compared, with its quotes.
    [[nodiscard]] std::string_view opaque() const noexcept { return opaque_; }

    /// Whether both stand for the same bytes (RFC 9110 8.8.3.2).
    [[nodiscard]] bool matches_strongly(const entity_tag& other) const noexcept {
        return !is_weak_ && !other.is_weak_ && opaque_ == other.opaque_;
    }
    /// Whether both stand for what means the same.
    [[nodiscard]] bool matches_weakly(const entity_tag& other) const noexcept {
        return opaque_ == other.opaque_;
    }

private:
    entity_tag(std::string_view opaque, bool is_weak) noexcept
        : opaque_(opaque), is_weak_(is_weak) {}

    std::string_view opaque_;
    bool is_weak_;
};

}  // namespace weir::http
