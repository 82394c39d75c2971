// SPDX-License-Identifier: Apache-2.0
// connection_errc: errors of their own category, with words for people.
#include <weir/ws/connection_error.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using weir::ws::connection_errc;

BOOST_AUTO_TEST_SUITE(connection_error_test)

BOOST_AUTO_TEST_CASE(every_error_has_words_of_its_own) {
    std::set<std::string> seen;
    for (const auto each : {connection_errc::closed, connection_errc::ended_without_close,
                            connection_errc::not_an_upgrade}) {
        const std::error_code code = each;
        BOOST_TEST(code.category().name() == std::string("weir.ws.connection"));
        BOOST_TEST(seen.insert(code.message()).second);
    }
    const std::error_code unknown(99, weir::ws::connection_category());
    BOOST_TEST(seen.insert(unknown.message()).second);
}

BOOST_AUTO_TEST_SUITE_END()
