// SPDX-License-Identifier: Apache-2.0
// unique_fd: closes what it owns exactly once, and nothing that it gave up.
#include <weir/base/unique_fd.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>

#include <utility>

BOOST_AUTO_TEST_SUITE(unique_fd_test)

namespace {

int open_null() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

}  // namespace

BOOST_AUTO_TEST_CASE(a_default_made_one_owns_nothing) { BOOST_TEST(!weir::unique_fd().is_open()); }

BOOST_AUTO_TEST_CASE(the_descriptor_is_closed_at_the_end_of_its_life) {
    const int number = open_null();
    {
        const weir::unique_fd owner(number);
    }
    BOOST_TEST(!is_open(number));
}

BOOST_AUTO_TEST_CASE(a_released_descriptor_stays_open) {
    const int number = open_null();
    {
        weir::unique_fd owner(number);
        BOOST_TEST(owner.release() == number);
    }
    BOOST_TEST(is_open(number));
    weir::unique_fd(number).reset();
}

BOOST_AUTO_TEST_CASE(moving_leaves_the_source_empty) {
    weir::unique_fd source(open_null());
    const int number = source.value();
    const weir::unique_fd target = std::move(source);
    BOOST_TEST(target.value() == number);
    BOOST_TEST(!source.is_open());
}

BOOST_AUTO_TEST_CASE(move_assignment_closes_the_descriptor_it_replaces) {
    weir::unique_fd target(open_null());
    const int replaced = target.value();
    target = weir::unique_fd(open_null());
    BOOST_TEST(!is_open(replaced));
    BOOST_TEST(is_open(target.value()));
}

BOOST_AUTO_TEST_SUITE_END()
