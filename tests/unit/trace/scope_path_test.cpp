// SPDX-License-Identifier: Apache-2.0
// scope_path: the names on the way.
#include <weir/trace/scope_path.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(scope_path_test)

BOOST_AUTO_TEST_CASE(a_path_names_the_outermost_first) {
    const weir::trace::scope_path app("app", nullptr);
    const weir::trace::scope_path request("request", &app);
    const weir::trace::scope_path load("load", &request);
    BOOST_TEST(app.to_string() == "app");
    BOOST_TEST(load.to_string() == "app/request/load");
}

BOOST_AUTO_TEST_SUITE_END()
