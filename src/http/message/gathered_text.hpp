// SPDX-License-Identifier: Apache-2.0
// gathered_text: a text that comes in one piece, or in several. One piece is only referred to,
// until its memory goes away; more are put together in memory of its own, which is kept.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::http {

class gathered_text {
public:
    gathered_text() = default;
    gathered_text(const gathered_text&) = delete;
    gathered_text& operator=(const gathered_text&) = delete;

    /// Adds a piece, borrowed until `keep` or `clear`.
    void add(std::string_view piece) {
        if (view_.empty()) {
            view_ = piece;
            return;
        }
        keep();
        own_.append(piece);
        view_ = own_;
    }
    /// What was borrowed goes away: from now on it refers to nothing but itself.
    void keep() {
        if (view_.data() == own_.data()) return;
        own_.reserve(usual_bytes);  // even for none: then it is there once and for all
        own_.assign(view_);
        view_ = own_;
    }
    /// Keeps its memory.
    void clear() noexcept { view_ = {}; }

    [[nodiscard]] std::string_view view() const noexcept { return view_; }

private:
    static constexpr std::size_t usual_bytes = 128;

    std::string_view view_;
    std::string own_;
};

}  // namespace weir::http
