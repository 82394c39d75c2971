// SPDX-License-Identifier: Apache-2.0
// open_files: the limit goes up to the hard limit and never down.
#include <weir/io/open_files.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

BOOST_AUTO_TEST_SUITE(open_files_test)

BOOST_AUTO_TEST_CASE(a_lowered_limit_is_raised_to_the_hard_limit) {
    rlimit before{};
    BOOST_REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit low = before;
    low.rlim_cur = 64;
    BOOST_REQUIRE(setrlimit(RLIMIT_NOFILE, &low) == 0);
    const auto raised = weir::raise_open_files();
    BOOST_REQUIRE(raised.has_value());
    BOOST_TEST(*raised == before.rlim_max);
    rlimit after{};
    BOOST_REQUIRE(getrlimit(RLIMIT_NOFILE, &after) == 0);
    BOOST_TEST(after.rlim_cur == before.rlim_max);
    setrlimit(RLIMIT_NOFILE, &before);
}

BOOST_AUTO_TEST_CASE(wanting_less_than_there_is_lowers_nothing) {
    rlimit before{};
    BOOST_REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    const auto limit = weir::raise_open_files(1);
    BOOST_REQUIRE(limit.has_value());
    BOOST_TEST(*limit == before.rlim_max);
    setrlimit(RLIMIT_NOFILE, &before);
}

BOOST_AUTO_TEST_SUITE_END()
