// SPDX-License-Identifier: Apache-2.0
#include <weir/base/stable_hash.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(stable_hash_test)

BOOST_AUTO_TEST_CASE(it_gives_the_published_numbers) {
    BOOST_TEST(weir::stable_hash("") == 0xCBF29CE484222325U);
    BOOST_TEST(weir::stable_hash("a") == 0xAF63DC4C8601EC8CU);
    BOOST_TEST(weir::stable_hash("foobar") == 0x85944171F73967E8U);
}

BOOST_AUTO_TEST_CASE(a_text_may_be_hashed_in_parts) {
    BOOST_TEST(weir::stable_hash("bar", weir::stable_hash("foo")) == weir::stable_hash("foobar"));
}

BOOST_AUTO_TEST_SUITE_END()
