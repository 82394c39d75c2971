// SPDX-License-Identifier: Apache-2.0
// date_text: the time of day as HTTP writes it, made once a second.
#pragma once

#include <weir/http/message/http_date.hpp>

#include <chrono>
#include <string_view>

namespace weir::http {

/// `Sun, 06 Nov 1994 08:49:37 GMT`
class date_text {
public:
    /// The date at `now`; the system's clock is read at most once a second.
    [[nodiscard]] std::string_view at(std::chrono::steady_clock::time_point now);

    /// Writes `when`, of the years 0 ... 9999.
    void write(std::chrono::system_clock::time_point when) noexcept;
    [[nodiscard]] std::string_view view() const noexcept { return date_.text(); }

private:
    std::chrono::steady_clock::time_point fresh_until_ =
        std::chrono::steady_clock::time_point::min();
    http_date date_{std::chrono::sys_seconds()};
};

}  // namespace weir::http
