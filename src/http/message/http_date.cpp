// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/http_date.hpp>

#include <weir/base/assert.hpp>

#include <algorithm>
#include <cstddef>

namespace weir::http {
namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> weekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void put_digits(char* to, unsigned number, std::size_t digits) noexcept {
    for (; digits > 0; number /= 10) to[--digits] = static_cast<char>('0' + number % 10);
}

/// Takes a date apart from the left; the first mistake counts.
class date_reader {
public:
    explicit date_reader(std::string_view text) noexcept : rest_(text) {}

    void literal(std::string_view expected) noexcept {
        is_well_ = is_well_ && rest_.starts_with(expected);
        if (is_well_) rest_.remove_prefix(expected.size());
    }
    [[nodiscard]] unsigned number(std::size_t digits) noexcept {
        unsigned value = 0;
        for (const char c : rest_.substr(0, digits)) {
            is_well_ = is_well_ && c >= '0' && c <= '9';
            value = value * 10 + static_cast<unsigned>(c - '0');
        }
        is_well_ = is_well_ && rest_.size() >= digits;
        if (is_well_) rest_.remove_prefix(digits);
        return value;
    }
    [[nodiscard]] std::chrono::month month() noexcept {
        const auto found = std::find(months.begin(), months.end(), rest_.substr(0, 3));
        is_well_ = is_well_ && found != months.end();
        if (is_well_) rest_.remove_prefix(3);
        return std::chrono::month(static_cast<unsigned>(found - months.begin()) + 1);
    }
    [[nodiscard]] std::chrono::seconds time() noexcept {
        const unsigned hour = number(2);
        literal(":");
        const unsigned minute = number(2);
        literal(":");
        const unsigned second = number(2);
        is_well_ = is_well_ && hour < 24 && minute < 60 && second <= 60;
        return std::chrono::hours(hour) + std::chrono::minutes(minute) +
               std::chrono::seconds(second);
    }
    void skip(std::size_t size) noexcept { rest_.remove_prefix(size); }

    [[nodiscard]] std::optional<sys_seconds> moment(const year_month_day& day,
                                                    std::chrono::seconds time) const noexcept {
        if (!is_well_ || !rest_.empty() || !day.ok()) return std::nullopt;
        return sys_days(day) + time;
    }
    [[nodiscard]] bool is_well() const noexcept { return is_well_; }

private:
    std::string_view rest_;
    bool is_well_ = true;
};

/// "Sun, 06 Nov 1994 08:49:37 GMT", after the name of the day.
std::optional<sys_seconds> read_fixdate(date_reader from) noexcept {
    from.literal(", ");
    const std::chrono::day day(from.number(2));
    from.literal(" ");
    const std::chrono::month month = from.month();
    from.literal(" ");
    const std::chrono::year year(static_cast<int>(from.number(4)));
    from.literal(" ");
    const auto time = from.time();
    from.literal(" GMT");
    return from.moment(year / month / day, time);
}

/// "Sunday, 06-Nov-94 08:49:37 GMT", after the name of the day.
std::optional<sys_seconds> read_rfc850(date_reader from, sys_seconds now) noexcept {
    from.literal(", ");
    const std::chrono::day day(from.number(2));
    from.literal("-");
    const std::chrono::month month = from.month();
    from.literal("-");
    const int two_digits = static_cast<int>(from.number(2));
    from.literal(" ");
    const auto time = from.time();
    from.literal(" GMT");
    if (!from.is_well()) return std::nullopt;
    const year_month_day today(std::chrono::floor<std::chrono::days>(now));
    const int this_year = static_cast<int>(today.year());
    int year = this_year - this_year % 100 + 100 + two_digits;
    for (; year > this_year - 100; year -= 100) {
        const auto date = std::chrono::year(year) / month / day;
        if (date.ok() && sys_days(date) + time <= now + std::chrono::years(50)) break;
    }
    return from.moment(std::chrono::year(year) / month / day, time);
}

/// "Sun Nov  6 08:49:37 1994", after the name of the day.
std::optional<sys_seconds> read_asctime(date_reader from, bool has_short_day) noexcept {
    from.literal(" ");
    const std::chrono::month month = from.month();
    from.literal(has_short_day ? "  " : " ");
    const std::chrono::day day(from.number(has_short_day ? 1 : 2));
    from.literal(" ");
    const auto time = from.time();
    from.literal(" ");
    const std::chrono::year year(static_cast<int>(from.number(4)));
    return from.moment(year / month / day, time);
}

}  // namespace

http_date::http_date(sys_seconds moment) noexcept {
    const auto midnight = std::chrono::floor<std::chrono::days>(moment);
    const year_month_day date(midnight);
    const std::chrono::hh_mm_ss clock(moment - midnight);
    const int year = static_cast<int>(date.year());
    WEIR_ASSERT(year >= 0 && year <= 9999, "a date of HTTP has a year of four digits");
    constexpr std::string_view pattern = "Sun, 06 Nov 1994 08:49:37 GMT";
    std::copy(pattern.begin(), pattern.end(), text_.begin());
    char* const text = text_.data();
    std::copy_n(weekdays[std::chrono::weekday(midnight).c_encoding()].data(), 3, text);
    put_digits(text + 5, static_cast<unsigned>(date.day()), 2);
    std::copy_n(months[static_cast<unsigned>(date.month()) - 1].data(), 3, text + 8);
    put_digits(text + 12, static_cast<unsigned>(year), 4);
    put_digits(text + 17, static_cast<unsigned>(clock.hours().count()), 2);
    put_digits(text + 20, static_cast<unsigned>(clock.minutes().count()), 2);
    put_digits(text + 23, static_cast<unsigned>(clock.seconds().count()), 2);
}

std::optional<sys_seconds> parse_http_date(std::string_view text, sys_seconds now) noexcept {
    for (const std::string_view weekday : weekdays) {
        if (!text.starts_with(weekday.substr(0, 3))) continue;
        date_reader from(text);
        if (text.starts_with(weekday)) {
            from.skip(weekday.size());
            return read_rfc850(from, now);
        }
        from.skip(3);
        if (text.substr(3, 1) == ",") return read_fixdate(from);
        return read_asctime(from, text.size() > 9 && text[8] == ' ');
    }
    return std::nullopt;
}

}  // namespace weir::http
