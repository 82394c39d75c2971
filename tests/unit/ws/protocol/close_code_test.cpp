// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/protocol/close_code.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <set>

BOOST_AUTO_TEST_SUITE(close_code_test)

BOOST_AUTO_TEST_CASE(exactly_the_registered_and_application_codes_may_be_sent) {
    std::set<unsigned> allowed;
    for (unsigned code = 0; code <= 0xFFFF; ++code) {
        if (weir::ws::is_valid_on_wire(static_cast<weir::ws::close_code>(code))) {
            allowed.insert(code);
        }
    }
    std::set<unsigned> expected = {1000, 1001, 1002, 1003};
    for (unsigned code = 1007; code <= 1014; ++code) expected.insert(code);
    for (unsigned code = 3000; code <= 4999; ++code) expected.insert(code);
    BOOST_TEST(allowed == expected);
}

BOOST_AUTO_TEST_SUITE_END()
