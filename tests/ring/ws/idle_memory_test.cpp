// SPDX-License-Identifier: Apache-2.0
// What an idle connection costs in user space: its objects, its coroutine frames, its part of the
// heap. The bound is the promise; the messages say what it is made of.
#include "ws_peers.hpp"

#include "allocation_count.hpp"
#include "ws/connection_core.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/sync/task_group.hpp>

#include <malloc.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace weir::ws::test;
using weir::ws::connection;

BOOST_AUTO_TEST_SUITE(idle_memory_test)

namespace {

#if defined(__clang__)
constexpr std::size_t max_bytes_a_connection = 600;
#else
// g++ 12 gives each temporary of a coroutine a place of its own in the frame.
constexpr std::size_t max_bytes_a_connection = 640;
#endif

std::size_t heap_in_use() {
    const auto state = ::mallinfo2();
    return state.uordblks + state.hblkhd;
}

/// How many pairs of descriptors this process may have, at most `wanted`.
std::size_t possible_pairs(std::size_t wanted) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return std::min(wanted, static_cast<std::size_t>(limit.rlim_cur) / 2 - 100);
}

weir::task<> echo_like_the_example(weir::net::stream_socket socket) {
    connection peer(std::move(socket), weir::ws::role::server,
                    weir::ws::connection_options::defaults());
    while (auto message = co_await peer.receive()) {
        if (!co_await peer.send(std::move(*message))) co_return;
    }
}

weir::task<> measure(std::size_t count, std::size_t& bytes_each) {
    std::vector<int> far_ends;
    far_ends.reserve(count);
    weir::task_group group(co_await weir::this_task(), count + 1);
    const auto begin_one = [&]() -> weir::task<weir::result<void>> {
        const std::array<int, 2> ends = weir::test::socket_pair();
        if (ends[0] < 0) {
            co_return weir::fail(std::errc::too_many_files_open);
        }
        far_ends.push_back(ends[1]);
        auto started = group.spawn(echo_like_the_example, weir::net::stream_socket(ends[0]));
        co_return co_await started;
    };
    BOOST_REQUIRE((co_await begin_one()).has_value());
    co_await weir::test::turns(3);
    const std::size_t before = heap_in_use();
    while (far_ends.size() <= count) {
        const auto begun = co_await begin_one();
        BOOST_REQUIRE(begun.has_value());
    }
    co_await weir::test::turns(3);
    bytes_each = (heap_in_use() - before) / count;
    for (const int fd : far_ends) ::close(fd);
    static_cast<void>(co_await group.join());
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_idle_connection_is_small, WEIR_LINUX_ONLY) {
    if (!weir::test::allocations_are_counted()) return;  // a sanitizer's heap is another one
    BOOST_TEST_MESSAGE("connection_core "
                       << sizeof(weir::ws::detail::connection_core) << ", stream_core "
                       << sizeof(weir::net::detail::stream_core) << ", receiver "
                       << sizeof(weir::net::detail::receiver) << ", sender "
                       << sizeof(weir::net::detail::sender) << ", session "
                       << sizeof(weir::ws::session) << ", receive_awaiter "
                       << sizeof(connection::receive_awaiter) << ", send_awaiter "
                       << sizeof(connection::send_awaiter));
    const std::size_t count = possible_pairs(5000);
    std::size_t bytes_each = 0;
    run_limited([&] { return measure(count, bytes_each); });
    BOOST_TEST_MESSAGE(count << " idle connections: " << bytes_each << " bytes each");
    BOOST_TEST(bytes_each <= max_bytes_a_connection);
}

BOOST_AUTO_TEST_SUITE_END()
