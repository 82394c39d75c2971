// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/http_date.hpp>

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(http_date_test)

namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr std::uint64_t seed = 850;
constexpr sys_seconds now = sys_days(std::chrono::year(2026) / 11 / 21) + 12h;
constexpr sys_seconds example = sys_days(std::chrono::year(1994) / 11 / 6) + 8h + 49min + 37s;

std::string shown(std::string_view text, sys_seconds at = now) {
    const auto moment = http::parse_http_date(text, at);
    return moment ? std::string(http::http_date(*moment).text()) : "none";
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_three_forms_of_one_moment_are_that_moment) {
    for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                             "Sun Nov  6 08:49:37 1994"}) {
        BOOST_TEST((http::parse_http_date(text, now) == example), text);
    }
    BOOST_TEST(shown("Wed Nov 16 08:49:37 1994") == "Wed, 16 Nov 1994 08:49:37 GMT");
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
    weir::random chance(seed);
    for (int round = 0; round < 2000; ++round) {
        const auto seconds = static_cast<std::int64_t>(chance.below(250'000'000'000U));
        const sys_seconds moment{std::chrono::seconds(seconds)};
        const http::http_date date(moment);
        BOOST_TEST((http::parse_http_date(date.text(), now) == moment), date.text());
    }
    BOOST_TEST(http::http_date(sys_seconds{}).text() == "Thu, 01 Jan 1970 00:00:00 GMT");
    BOOST_TEST(shown("Sat, 31 Dec 9999 23:59:59 GMT") == "Fri, 31 Dec 9999 23:59:59 GMT");
}

BOOST_AUTO_TEST_CASE(two_digits_mean_the_last_year_that_is_not_50_years_ahead) {
    BOOST_TEST(shown("Friday, 20-Nov-76 12:00:00 GMT") == "Fri, 20 Nov 2076 12:00:00 GMT");
    BOOST_TEST(shown("Friday, 31-Dec-76 12:00:00 GMT") == "Fri, 31 Dec 1976 12:00:00 GMT");
    BOOST_TEST(shown("Friday, 31-Dec-99 12:00:00 GMT") == "Fri, 31 Dec 1999 12:00:00 GMT");
    BOOST_TEST(shown("Friday, 01-Jan-27 12:00:00 GMT") == "Fri, 01 Jan 2027 12:00:00 GMT");
    const sys_seconds late = sys_days(std::chrono::year(2099) / 6 / 1);
    BOOST_TEST(shown("Friday, 01-Jan-27 12:00:00 GMT", late) == "Wed, 01 Jan 2127 12:00:00 GMT");
}

BOOST_AUTO_TEST_CASE(a_leap_second_is_the_second_after_it) {
    BOOST_TEST(shown("Sat, 31 Dec 2016 23:59:60 GMT") == "Sun, 01 Jan 2017 00:00:00 GMT");
}

BOOST_AUTO_TEST_CASE(what_is_no_date_is_none) {
    for (const char* text : {"",
                             "Sun",
                             "Sun,",
                             "Sun, 06 Nov 1994 08:49:37",
                             "Sun, 06 Nov 1994 08:49:37 UTC",
                             "sun, 06 Nov 1994 08:49:37 GMT",
                             "Sun, 6 Nov 1994 08:49:37 GMT",
                             "Sun, 06 nov 1994 08:49:37 GMT",
                             "Sun, 31 Feb 1994 08:49:37 GMT",
                             "Sun, 00 Nov 1994 08:49:37 GMT",
                             "Sun, 06 Nov 1994 24:00:00 GMT",
                             "Sun, 06 Nov 1994 08:60:00 GMT",
                             "Sun, 06 Nov 1994 08:49:61 GMT",
                             "Sun, 06 Nov 1994 08:49:37 GMT ",
                             " Sun, 06 Nov 1994 08:49:37 GMT",
                             "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
                             "Sun, 06-Nov-94 08:49:37",
                             "Sunday, 29-Feb-93 08:49:37 GMT",
                             "Sunday, 06-Nov-1994 08:49:37 GMT",
                             "Sun Nov 6 08:49:37 1994",
                             "Sun Nov  6 08:49:37 94",
                             "Sun Nov",
                             "Som, 06 Nov 1994",
                             "0",
                             "Sun, +6 Nov 1994 08:49:37 GMT",
                             "Sun, 06 Nov -994 08:49:37 GMT"}) {
        BOOST_TEST(shown(text) == "none", text);
    }
}

BOOST_AUTO_TEST_CASE(damage_anywhere_is_survived) {
    weir::random chance(seed);
    for (int round = 0; round < 5000; ++round) {
        std::string text =
            round % 2 == 0 ? "Sunday, 06-Nov-94 08:49:37 GMT" : "Sun, 06 Nov 1994 08:49:37 GMT";
        text[chance.below(text.size())] = static_cast<char>(chance.below(256));
        text.resize(text.size() - chance.below(3));
        static_cast<void>(shown(text));
    }
}

BOOST_AUTO_TEST_SUITE_END()
