// SPDX-License-Identifier: Apache-2.0
// op::read: a read that waits can be stopped, and nothing is lost by it.
#include <weir/io/op/read.hpp>
#include <weir/io/run.hpp>
#include <weir/io/timeout.hpp>

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <array>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(read_test)

BOOST_AUTO_TEST_CASE(a_stopped_read_of_a_pipe_leaves_the_bytes_for_the_next) {
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    auto main = [&]() -> weir::task<> {
        std::array<std::byte, 8> buffer;
        weir::op::read first(ends[0], buffer, weir::op::read::current_position);
        auto limited = weir::with_timeout(1ms, first);
        const weir::result<std::size_t> none = co_await limited;
        BOOST_TEST((none.error() == std::errc::timed_out));
        BOOST_TEST(::write(ends[1], "abc", 3) == 3);
        weir::op::read second(ends[0], buffer, weir::op::read::current_position);
        const weir::result<std::size_t> count = co_await second;
        BOOST_TEST(count.value_or(0U) == 3U);
    };
    weir::run(main());
    ::close(ends[0]);
    ::close(ends[1]);
}

BOOST_AUTO_TEST_CASE(a_bad_descriptor_is_an_error_value) {
    auto main = []() -> weir::task<> {
        std::array<std::byte, 8> buffer;
        weir::op::read request(-1, buffer, 0);
        const weir::result<std::size_t> count = co_await request;
        BOOST_TEST((count.error() == std::errc::bad_file_descriptor));
    };
    weir::run(main());
}

BOOST_AUTO_TEST_SUITE_END()
