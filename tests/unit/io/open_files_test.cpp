// SPDX-License-Identifier: Apache-2.0
// open_files: the limit rises and never falls.
#include <weir/io/open_files.hpp>

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

BOOST_AUTO_TEST_SUITE(open_files_test)

BOOST_AUTO_TEST_CASE(the_soft_limit_is_raised_to_the_hard_one) {
    rlimit before{};
    BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit low = before;
    low.rlim_cur = 512;
    BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
    const auto raised = weir::raise_open_files();
    BOOST_REQUIRE(raised.has_value());
    BOOST_TEST(*raised == before.rlim_max);
    BOOST_TEST(::setrlimit(RLIMIT_NOFILE, &before) == 0);
}

BOOST_AUTO_TEST_CASE(asking_for_less_lowers_nothing) {
    rlimit before{};
    BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const auto limit = weir::raise_open_files(16);
    BOOST_REQUIRE(limit.has_value());
    BOOST_TEST(*limit >= before.rlim_cur);
    BOOST_TEST(::setrlimit(RLIMIT_NOFILE, &before) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
