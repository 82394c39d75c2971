// SPDX-License-Identifier: Apache-2.0
// op::write: errors are values, and a peer that has gone does not end the process.
#include <weir/io/op/read.hpp>
#include <weir/io/op/write.hpp>
#include <weir/io/run.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

BOOST_AUTO_TEST_SUITE(write_test)

BOOST_AUTO_TEST_CASE(a_full_device_says_so) {
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    auto main = [&]() -> weir::task<> {
        weir::op::write request(full, weir::as_bytes("x"), 0);
        const weir::result<std::size_t> count = co_await request;
        BOOST_TEST((count.error() == std::errc::no_space_on_device));
    };
    weir::run(main());
    ::close(full);
}

BOOST_AUTO_TEST_CASE(a_broken_pipe_is_an_error_value) {
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    ::close(ends[0]);
    auto main = [&]() -> weir::task<> {
        weir::op::write request(ends[1], weir::as_bytes("x"), weir::op::read::current_position);
        const weir::result<std::size_t> count = co_await request;
        BOOST_TEST((count.error() == std::errc::broken_pipe));
    };
    weir::run(main());
    ::close(ends[1]);
}

BOOST_AUTO_TEST_SUITE_END()
