// SPDX-License-Identifier: Apache-2.0
#include <weir/http/files/precondition.hpp>

#include "allocation_count.hpp"

#include <weir/http/message/http_date.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(precondition_test)

namespace {

using namespace std::chrono_literals;
using http::precondition;
using fields = std::vector<std::pair<const char*, std::string>>;

constexpr std::chrono::sys_seconds modified =
    std::chrono::sys_days(std::chrono::year(2026) / 3 / 4);
constexpr std::chrono::sys_seconds now = modified + 24h;

std::string date(std::chrono::sys_seconds moment) {
    return std::string(http::http_date(moment).text());
}

http::request asking(std::string method, const fields& with) {
    http::request asked(std::move(method), "/");
    for (const auto& [name, value] : with) BOOST_REQUIRE(asked.headers().add(name, value));
    return asked;
}

const http::validators strong("\"v2\"", modified);

precondition judged(const char* method, const fields& with, const http::validators& of = strong) {
    return http::judge(asking(method, with), of, now);
}

bool may_be_partial(const fields& with, const http::validators& of = strong) {
    return http::is_range_current(asking("GET", with), of, now);
}

}  // namespace

BOOST_AUTO_TEST_CASE(without_conditions_everything_holds) {
    BOOST_TEST((judged("GET", {}) == precondition::holds));
    BOOST_TEST((judged("DELETE", {}, http::validators()) == precondition::holds));
}

BOOST_AUTO_TEST_CASE(a_lost_update_is_prevented_by_if_match) {
    BOOST_TEST((judged("PUT", {{"If-Match", "\"v1\", \"v2\""}}) == precondition::holds));
    BOOST_TEST(
        (judged("PUT", {{"If-Match", "\"v1\""}, {"If-Match", "\"v2\""}}) == precondition::holds));
    BOOST_TEST((judged("PUT", {{"If-Match", "\"v1\""}}) == precondition::failed));
    BOOST_TEST((judged("GET", {{"If-Match", "\"v1\""}}) == precondition::failed));
    BOOST_TEST((judged("PUT", {{"If-Match", "rubbish"}}) == precondition::failed));
    BOOST_TEST((judged("PUT", {{"If-Match", ""}}) == precondition::failed));
}

BOOST_AUTO_TEST_CASE(if_match_compares_strongly) {
    BOOST_TEST((judged("PUT", {{"If-Match", "W/\"v2\""}}) == precondition::failed));
    const http::validators weak("W/\"v2\"");
    BOOST_TEST((judged("PUT", {{"If-Match", "W/\"v2\""}}, weak) == precondition::failed));
}

BOOST_AUTO_TEST_CASE(a_star_asks_whether_there_is_anything) {
    const http::validators nothing;
    BOOST_TEST((judged("PUT", {{"If-Match", "*"}}) == precondition::holds));
    BOOST_TEST((judged("PUT", {{"If-Match", "*"}}, nothing) == precondition::failed));
    BOOST_TEST((judged("PUT", {{"If-None-Match", "*"}}) == precondition::failed));
    BOOST_TEST((judged("PUT", {{"If-None-Match", "*"}}, nothing) == precondition::holds));
    BOOST_TEST((judged("GET", {{"If-None-Match", "*"}}) == precondition::not_modified));
    BOOST_TEST((judged("PUT", {{"If-Match", "*"}}, http::validators("")) == precondition::holds));
}

BOOST_AUTO_TEST_CASE(a_reader_who_has_it_is_told_so) {
    for (const char* method : {"GET", "HEAD"}) {
        BOOST_TEST((judged(method, {{"If-None-Match", "\"v2\""}}) == precondition::not_modified));
        BOOST_TEST((judged(method, {{"If-None-Match", "W/\"v2\""}}) == precondition::not_modified));
        BOOST_TEST((judged(method, {{"If-None-Match", "\"v1\""}}) == precondition::holds));
    }
    BOOST_TEST((judged("POST", {{"If-None-Match", "\"v2\""}}) == precondition::failed));
    BOOST_TEST((judged("GET", {{"If-None-Match", "rubbish"}}) == precondition::holds));
}

BOOST_AUTO_TEST_CASE(dates_decide_by_the_second) {
    const auto since = [](const char* name, std::chrono::seconds after) {
        return judged("GET", {{name, date(modified + after)}});
    };
    BOOST_TEST((since("If-Modified-Since", 0s) == precondition::not_modified));
    BOOST_TEST((since("If-Modified-Since", -1s) == precondition::holds));
    BOOST_TEST((since("If-Unmodified-Since", 0s) == precondition::holds));
    BOOST_TEST((since("If-Unmodified-Since", -1s) == precondition::failed));
    BOOST_TEST((judged("PUT", {{"If-Modified-Since", date(modified)}}) == precondition::holds));
}

BOOST_AUTO_TEST_CASE(tags_go_before_dates) {
    const std::string before = date(modified - 1s);
    const std::string after = date(modified + 1s);
    BOOST_TEST((judged("PUT", {{"If-Match", "\"v2\""}, {"If-Unmodified-Since", before}}) ==
                precondition::holds));
    BOOST_TEST((judged("PUT", {{"If-Match", "\"v1\""}, {"If-Unmodified-Since", after}}) ==
                precondition::failed));
    BOOST_TEST((judged("GET", {{"If-None-Match", "\"v1\""}, {"If-Modified-Since", after}}) ==
                precondition::holds));
    BOOST_TEST((judged("GET", {{"If-None-Match", "\"v2\""}, {"If-Modified-Since", before}}) ==
                precondition::not_modified));
}

BOOST_AUTO_TEST_CASE(whether_it_is_still_known_goes_before_whether_it_is_news) {
    BOOST_TEST((judged("GET", {{"If-Match", "\"v1\""}, {"If-None-Match", "\"v2\""}}) ==
                precondition::failed));
    BOOST_TEST((judged("GET", {{"If-Match", "\"v2\""}, {"If-None-Match", "\"v2\""}}) ==
                precondition::not_modified));
}

BOOST_AUTO_TEST_CASE(a_date_that_is_none_or_twice_there_is_ignored) {
    const std::string old = date(modified - 1s);
    BOOST_TEST((judged("GET", {{"If-Unmodified-Since", "yesterday"}}) == precondition::holds));
    BOOST_TEST((judged("GET", {{"If-Unmodified-Since", old}, {"If-Unmodified-Since", old}}) ==
                precondition::holds));
    BOOST_TEST((judged("GET", {{"If-Modified-Since", "0"}}) == precondition::holds));
    const http::validators undated("\"v2\"");
    BOOST_TEST((judged("GET", {{"If-Unmodified-Since", old}}, undated) == precondition::holds));
    BOOST_TEST((judged("GET", {{"If-Modified-Since", old}}, undated) == precondition::holds));
}

BOOST_AUTO_TEST_CASE(methods_that_select_nothing_have_no_conditions) {
    for (const char* method : {"OPTIONS", "TRACE", "CONNECT"}) {
        BOOST_TEST((judged(method, {{"If-Match", "\"v1\""}}) == precondition::holds));
    }
}

BOOST_AUTO_TEST_CASE(a_part_is_only_sent_of_the_very_bytes_that_the_reader_knows) {
    BOOST_TEST(may_be_partial({}));
    BOOST_TEST(may_be_partial({{"If-Range", "\"v2\""}}));
    BOOST_TEST(!may_be_partial({{"If-Range", "\"v1\""}}));
    BOOST_TEST(!may_be_partial({{"If-Range", "W/\"v2\""}}));
    BOOST_TEST(!may_be_partial({{"If-Range", "W/\"v2\""}}, http::validators("W/\"v2\"")));
    BOOST_TEST(!may_be_partial({{"If-Range", "*"}}));
    BOOST_TEST(!may_be_partial({{"If-Range", "\"v2\", \"v3\""}}));
    BOOST_TEST(!may_be_partial({{"If-Range", "\"v2\""}, {"If-Range", "\"v2\""}}));
    BOOST_TEST(!may_be_partial({{"If-Range", "\"v2\""}}, http::validators("")));
}

BOOST_AUTO_TEST_CASE(a_date_names_the_bytes_exactly_once_its_second_is_over) {
    BOOST_TEST(may_be_partial({{"If-Range", date(modified)}}));
    BOOST_TEST(!may_be_partial({{"If-Range", date(modified + 1s)}}));
    BOOST_TEST(!may_be_partial({{"If-Range", date(modified - 1s)}}));
    const http::validators fresh("", now);
    BOOST_TEST(!may_be_partial({{"If-Range", date(now)}}, fresh));
    BOOST_TEST(!may_be_partial({{"If-Range", date(modified)}}, http::validators("\"v2\"")));
}

BOOST_AUTO_TEST_CASE(judging_allocates_nothing) {
    const auto asked = asking("GET", {{"If-Match", "\"v1\", \"v2\""},
                                      {"If-Modified-Since", date(modified)},
                                      {"If-Range", "\"v2\""}});
    const weir::test::allocation_count allocated;
    BOOST_TEST((http::judge(asked, strong, now) == precondition::not_modified));
    BOOST_TEST(http::is_range_current(asked, strong, now));
    if (weir::test::allocations_are_counted()) BOOST_TEST(allocated.value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
