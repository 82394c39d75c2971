// SPDX-License-Identifier: Apache-2.0
#include "date_text.hpp"

#include <algorithm>

namespace weir::http {
namespace {

constexpr std::string_view days = "SunMonTueWedThuFriSat";
constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";

void write_number(char* at, unsigned digits, unsigned number) noexcept {
    for (; digits != 0; --digits, number /= 10) {
        at[digits - 1] = static_cast<char>('0' + number % 10);
    }
}

}  // namespace

std::string_view date_text::at(std::chrono::steady_clock::time_point now) {
    if (now >= fresh_until_) {
        write(std::chrono::system_clock::now());
        fresh_until_ = now + std::chrono::seconds(1);
    }
    return view();
}

void date_text::write(std::chrono::system_clock::time_point when) noexcept {
    using namespace std::chrono;
    const auto day = floor<std::chrono::days>(when);
    const year_month_day date(day);
    const hh_mm_ss time(floor<seconds>(when - day));
    constexpr std::string_view pattern = "ddd, 00 mmm 0000 00:00:00 GMT";
    std::copy(pattern.begin(), pattern.end(), text_.begin());
    const auto name = [this](std::string_view names, unsigned index, std::size_t at) {
        const std::string_view chosen = names.substr(std::size_t{3} * index, 3);
        std::copy(chosen.begin(), chosen.end(), text_.begin() + static_cast<std::ptrdiff_t>(at));
    };
    name(http::days, weekday(day).c_encoding(), 0);
    write_number(text_.data() + 5, 2, static_cast<unsigned>(date.day()));
    name(http::months, static_cast<unsigned>(date.month()) - 1, 8);
    write_number(text_.data() + 12, 4, static_cast<unsigned>(static_cast<int>(date.year())));
    write_number(text_.data() + 17, 2, static_cast<unsigned>(time.hours().count()));
    write_number(text_.data() + 20, 2, static_cast<unsigned>(time.minutes().count()));
    write_number(text_.data() + 23, 2, static_cast<unsigned>(time.seconds().count()));
}

}  // namespace weir::http
