// SPDX-License-Identifier: Apache-2.0
// op::poll: readiness of both directions, and of a peer that has gone.
#include <weir/io/op/poll.hpp>
#include <weir/io/run.hpp>
#include <weir/io/timeout.hpp>

#include <boost/test/unit_test.hpp>

#include <poll.h>
#include <unistd.h>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(poll_test)

BOOST_AUTO_TEST_CASE(it_waits_until_the_descriptor_is_ready) {
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    auto main = [&]() -> weir::task<> {
        weir::op::poll writable(ends[1], POLLOUT);
        const weir::result<unsigned> out = co_await writable;
        BOOST_TEST(out.value_or(0U) == static_cast<unsigned>(POLLOUT));
        weir::op::poll readable(ends[0], POLLIN);
        auto limited = weir::with_timeout(1ms, readable);
        const weir::result<unsigned> none = co_await limited;
        BOOST_TEST((none.error() == std::errc::timed_out));
        ::close(ends[1]);
        weir::op::poll hung_up(ends[0], POLLIN);
        const weir::result<unsigned> events = co_await hung_up;
        BOOST_TEST((events.value_or(0U) & POLLHUP) != 0U);
    };
    weir::run(main());
    ::close(ends[0]);
}

BOOST_AUTO_TEST_SUITE_END()
