// SPDX-License-Identifier: Apache-2.0
// op::close: the descriptor is closed once, whatever happens to the request.
#include <weir/coro/this_task.hpp>
#include <weir/io/op/close.hpp>
#include <weir/io/run.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>

BOOST_AUTO_TEST_SUITE(close_test)

namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }
int open_null() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

}  // namespace

BOOST_AUTO_TEST_CASE(it_closes_and_does_not_close_again) {
    const int fd = open_null();
    auto main = [&]() -> weir::task<> {
        weir::op::close request{weir::unique_fd(fd)};
        const weir::result<void> outcome = co_await request;
        BOOST_TEST(outcome.has_value());
        BOOST_TEST(!is_open(fd));
        const int other = open_null();  // takes the number over
        BOOST_TEST(other == fd);
    };
    weir::run(main());
    BOOST_TEST(is_open(fd));
    weir::unique_fd(fd).reset();
}

BOOST_AUTO_TEST_CASE(a_stopped_task_closes_all_the_same) {
    const int fd = open_null();
    auto main = [&]() -> weir::task<> {
        auto self = co_await weir::this_task();
        self.ambient().request_stop();
        weir::op::close request{weir::unique_fd(fd)};
        const weir::result<void> outcome = co_await request;
        BOOST_TEST((outcome.error() == std::errc::operation_canceled));
    };
    weir::run(main());
    BOOST_TEST(!is_open(fd));
}

BOOST_AUTO_TEST_CASE(a_request_never_awaited_closes_too) {
    const int fd = open_null();
    {
        const weir::op::close request{weir::unique_fd(fd)};
    }
    BOOST_TEST(!is_open(fd));
}

BOOST_AUTO_TEST_SUITE_END()
