// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/client_error.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <set>
#include <string>

using namespace std::chrono_literals;
namespace http = weir::http;
using http::client_phase;

BOOST_AUTO_TEST_SUITE(client_error_test)

namespace {

http::client_times some_times() {
    const http::client_times::time_point begin{};
    http::client_times times(begin);
    times.enter(client_phase::resolve, begin);
    times.enter(client_phase::connect, begin + 40ms);
    times.enter(client_phase::resolve, begin + 100ms);
    times.enter(client_phase::connect, begin + 110ms);
    times.settle(begin + 250ms);
    return times;
}

}  // namespace

BOOST_AUTO_TEST_CASE(time_is_counted_where_it_was_spent_repeats_included) {
    const auto times = some_times();
    BOOST_TEST((times.current() == client_phase::connect));
    BOOST_TEST((times.spent_in(client_phase::resolve) == 50ms));
    BOOST_TEST((times.spent_in(client_phase::connect) == 200ms));
    BOOST_TEST((times.spent_in(client_phase::body) == 0ms));
    BOOST_TEST((times.spent() == 250ms));
}

BOOST_AUTO_TEST_CASE(an_error_names_its_phase_and_shows_the_rest) {
    const http::client_error error(make_error_code(std::errc::timed_out), some_times());
    BOOST_TEST((error.phase() == client_phase::connect));
    BOOST_TEST(error.message() ==
               "Connection timed out in connect after 250 ms (resolve 50 ms, connect 200 ms)");
    BOOST_TEST((std::error_code(error) == std::errc::timed_out));
}

BOOST_AUTO_TEST_CASE(short_times_are_not_nothing) {
    http::client_times times(http::client_times::time_point{});
    times.enter(client_phase::send, http::client_times::time_point{} + 1500ns);
    times.settle(http::client_times::time_point{} + 40us + 1500ns);
    const http::client_error error(make_error_code(http::client_errc::bad_url), times);
    BOOST_TEST(error.message() == "malformed URL in send after 41 us (prepare 1 us, send 40 us)");
}

BOOST_AUTO_TEST_CASE(each_error_and_each_phase_has_words_of_its_own) {
    std::set<std::string> seen;
    for (std::size_t i = 1; i <= http::client_errc_count; ++i) {
        seen.insert(make_error_code(static_cast<http::client_errc>(i)).message());
    }
    BOOST_TEST(seen.size() == http::client_errc_count);
    BOOST_TEST(seen.count("unknown error of an HTTP client") == 0U);
    seen.clear();
    for (std::size_t i = 0; i < http::client_phase_count; ++i) {
        seen.emplace(http::name_of(static_cast<client_phase>(i)));
    }
    BOOST_TEST(seen.size() == http::client_phase_count);
}

BOOST_AUTO_TEST_CASE(every_error_has_a_name_of_its_own) {
    std::set<std::string_view> names;
    for (std::size_t i = 1; i <= http::client_errc_count; ++i) {
        names.insert(http::name_of(static_cast<http::client_errc>(i)));
    }
    BOOST_TEST(names.size() == http::client_errc_count);
    BOOST_TEST(http::name_of(http::client_errc::bad_url) == "bad_url");
    BOOST_TEST(http::name_of(http::client_errc::too_many_redirects) == "too_many_redirects");
    BOOST_TEST(http::name_of(http::client_errc::unexpected_upgrade) == "unexpected_upgrade");
    BOOST_TEST(http::name_of(static_cast<http::client_errc>(0)) == "unknown");
}

BOOST_AUTO_TEST_SUITE_END()
