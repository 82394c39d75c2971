// SPDX-License-Identifier: Apache-2.0
// op::open: the descriptor is given over, and closed on exec.
#include <weir/io/op/open.hpp>
#include <weir/io/run.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>

#include <string>

BOOST_AUTO_TEST_SUITE(open_test)

BOOST_AUTO_TEST_CASE(the_descriptor_is_closed_on_exec) {
    auto main = []() -> weir::task<> {
        weir::op::open request("/dev/null", O_RDONLY, 0);
        const weir::result<weir::unique_fd> fd = co_await request;
        BOOST_REQUIRE(fd.has_value());
        BOOST_TEST((::fcntl(fd->value(), F_GETFD) & FD_CLOEXEC) != 0);
    };
    weir::run(main());
}

BOOST_AUTO_TEST_CASE(it_says_what_it_opens) {
    const weir::op::open request("/some/where", O_RDONLY, 0);
    std::string text;
    request.describe(text);
    BOOST_TEST(text == "open /some/where");
}

BOOST_AUTO_TEST_SUITE_END()
