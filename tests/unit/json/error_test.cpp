// SPDX-License-Identifier: Apache-2.0
#include <weir/json/error.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(json_error_test)

BOOST_AUTO_TEST_CASE(every_error_says_something_of_its_own) {
    std::set<std::string> said;
    for (int value = 1; value <= static_cast<int>(weir::json::errc::too_many_keys); ++value) {
        said.insert(std::error_code(value, weir::json::category()).message());
    }
    said.insert(std::error_code(99, weir::json::category()).message());
    BOOST_TEST(said.size() == 9U);
}

BOOST_AUTO_TEST_CASE(an_enumerator_is_an_error_code_of_its_category) {
    const std::error_code code = weir::json::errc::too_deep;
    BOOST_TEST((code == weir::json::errc::too_deep));
    BOOST_TEST(std::string(code.category().name()) == "weir.json");
}

BOOST_AUTO_TEST_SUITE_END()
