// SPDX-License-Identifier: Apache-2.0
#include "date_text.hpp"

namespace weir::http {

std::string_view date_text::at(std::chrono::steady_clock::time_point now) {
    if (now >= fresh_until_) {
        write(std::chrono::system_clock::now());
        fresh_until_ = now + std::chrono::seconds(1);
    }
    return view();
}

void date_text::write(std::chrono::system_clock::time_point when) noexcept {
    date_ = http_date(std::chrono::floor<std::chrono::seconds>(when));
}

}  // namespace weir::http
