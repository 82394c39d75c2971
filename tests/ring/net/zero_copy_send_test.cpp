// SPDX-License-Identifier: Apache-2.0
// zero_copy_send: the bytes stay alive until the kernel lets go of them, and not longer.
#include "net/zero_copy_send.hpp"

#include "stream_conformance.hpp"

#include <weir/io/run.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <thread>

BOOST_AUTO_TEST_SUITE(zero_copy_send_test)

namespace {

using namespace std::chrono_literals;

constexpr std::size_t large = 1024 * 1024;

weir::send_buffer pattern() {
    weir::send_buffer made = weir::send_buffer::with_size(large);
    const auto memory = made.writable();
    for (std::size_t i = 0; i < large; ++i) memory[i] = static_cast<std::byte>(i * 31 >> 3);
    return made;
}

weir::task<> large_and_small() {
    auto pair = co_await weir::test::raw_peer();
    const weir::send_buffer shared = pattern();
    std::string got;
    std::thread reader([&] { got = weir::test::raw_read(pair.theirs.value(), 2 * large + 4); });
    BOOST_REQUIRE((co_await pair.ours.send(shared)).has_value());
    BOOST_REQUIRE((co_await pair.ours.send_copy(weir::as_bytes("then"))).has_value());
    BOOST_REQUIRE((co_await pair.ours.send(shared)).has_value());
    const auto& stats = weir::reactor::current().stats();
    static_cast<void>(co_await pair.ours.close());
    reader.join();
    // Loopback copies after all, and says so: the second one was sent plainly.
    BOOST_TEST(stats.zero_copy_sends + stats.zero_copy_copied == 1U);
    BOOST_TEST(shared.users() == 1U);
    const std::string one(weir::as_text(shared.view()));
    BOOST_TEST((got == one + "then" + one));
}

weir::task<> silent_peer() {
    auto pair = co_await weir::test::raw_peer();
    const weir::send_buffer shared = pattern();
    for (int i = 0; i < 16; ++i) {
        if (!co_await weir::with_timeout(20ms, pair.ours.send(shared))) break;
    }
    BOOST_TEST(pair.ours.queued_bytes() > 0U);
    BOOST_TEST(!(co_await pair.ours.close(20ms)).has_value());
    BOOST_TEST(shared.users() == 1U);
}

}  // namespace

BOOST_AUTO_TEST_CASE(large_shared_bytes_arrive_whole_and_are_released, WEIR_LINUX_ONLY) {
    weir::run(large_and_small());
}

BOOST_AUTO_TEST_CASE(closing_towards_a_peer_that_never_reads_releases_the_bytes, WEIR_LINUX_ONLY) {
    weir::run(silent_peer());
}

BOOST_AUTO_TEST_SUITE_END()
