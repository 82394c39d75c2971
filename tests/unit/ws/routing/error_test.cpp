// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/routing/error.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(routing_error_test)

BOOST_AUTO_TEST_CASE(every_error_says_something_of_its_own) {
    std::set<std::string> said;
    for (int value = 1; value <= static_cast<int>(weir::ws::routing_errc::other_kind); ++value) {
        said.insert(std::error_code(value, weir::ws::routing_category()).message());
    }
    said.insert(std::error_code(99, weir::ws::routing_category()).message());
    BOOST_TEST(said.size() == 6U);
    const std::error_code code = weir::ws::routing_errc::ambiguous;
    BOOST_TEST(std::string(code.category().name()) == "weir.ws.routing");
}

BOOST_AUTO_TEST_SUITE_END()
