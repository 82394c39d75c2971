// SPDX-License-Identifier: Apache-2.0
// op::fsync: what cannot be synchronised says so.
#include <weir/io/op/fsync.hpp>
#include <weir/io/run.hpp>

#include <boost/test/unit_test.hpp>

#include <unistd.h>

BOOST_AUTO_TEST_SUITE(fsync_test)

BOOST_AUTO_TEST_CASE(a_pipe_cannot_be_synchronised) {
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    auto main = [&]() -> weir::task<> {
        weir::op::fsync request(ends[1], weir::op::fsync::scope::data_only);
        const weir::result<void> outcome = co_await request;
        BOOST_TEST((outcome.error() == std::errc::invalid_argument));
    };
    weir::run(main());
    ::close(ends[0]);
    ::close(ends[1]);
}

BOOST_AUTO_TEST_SUITE_END()
