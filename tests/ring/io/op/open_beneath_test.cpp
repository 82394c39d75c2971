// SPDX-License-Identifier: Apache-2.0
// op::open_beneath: the descriptor is given over, and closed on exec. Where names may lead:
// folder_test.
#include <weir/io/op/open_beneath.hpp>
#include <weir/io/run.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>

#include <string>

BOOST_AUTO_TEST_SUITE(open_beneath_test)

BOOST_AUTO_TEST_CASE(the_descriptor_is_closed_on_exec) {
    const weir::unique_fd devices(::open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC));
    auto main = [&]() -> weir::task<> {
        weir::op::open_beneath request(devices.value(), "null", weir::symbolic_links::refused);
        const weir::result<weir::unique_fd> fd = co_await request;
        BOOST_REQUIRE(fd.has_value());
        BOOST_TEST((::fcntl(fd->value(), F_GETFD) & FD_CLOEXEC) != 0);
    };
    weir::run(main());
}

BOOST_AUTO_TEST_CASE(it_says_what_it_opens) {
    const weir::op::open_beneath request(0, "some/where", weir::symbolic_links::beneath);
    std::string text;
    request.describe(text);
    BOOST_TEST(text == "open beneath some/where");
}

BOOST_AUTO_TEST_SUITE_END()
