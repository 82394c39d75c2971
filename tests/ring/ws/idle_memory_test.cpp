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

/// Half of the pairs of descriptors that this process may have, at most 5000.
std::size_t half_of_possible_pairs() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return std::min<std::size_t>(5000, static_cast<std::size_t>(limit.rlim_cur) / 4 - 50);
}

/// Those that are to hibernate; gone when they end.
using sleepers = std::vector<connection*>;

weir::task<> echo_and_be_known(weir::net::stream_socket socket,
                               weir::ws::deflate_parameters deflate, sleepers& all) {
    connection peer(std::move(socket), weir::ws::role::server,
                    weir::ws::connection_options::defaults(), {},
                    std::move(*weir::ws::deflate_agreement::make(deflate)));
    all.push_back(&peer);
    while (auto message = co_await peer.receive()) {
        if (!co_await peer.send(std::move(*message))) co_return;
    }
}

weir::task<> echo_like_the_example(weir::net::stream_socket socket,
                                   weir::ws::deflate_parameters deflate) {
    connection peer(std::move(socket), weir::ws::role::server,
                    weir::ws::connection_options::defaults(), {},
                    std::move(*weir::ws::deflate_agreement::make(deflate)));
    while (auto message = co_await peer.receive()) {
        if (!co_await peer.send(std::move(*message))) co_return;
    }
}

/// A compressed message of a client: 2000 times 'a', which a server compresses as well.
std::string compressed_message() {
    const weir::ws::limits any;
    weir::ws::session client(weir::ws::role::client, any);
    client.use_deflate(
        std::move(*weir::ws::deflate_agreement::make(weir::ws::deflate_parameters(15, 15))));
    const std::string text(2000, 'a');
    const auto small = client.compress(weir::as_bytes(text), 6);
    std::string frame(client.frame_size(small.size()), '\0');
    client.encode_message(weir::ws::message_kind::text, small.view(),
                          std::as_writable_bytes(std::span(frame)), weir::ws::compressed_bit);
    return frame;
}

/// Has each of them echo `message`, and takes the answers away.
weir::task<> exchange_compressed(const std::vector<int>& far_ends, std::string message) {
    for (const int fd : far_ends) {
        BOOST_REQUIRE(::send(fd, message.data(), message.size(), 0) ==
                      static_cast<ssize_t>(message.size()));
    }
    std::array<char, 4096> answer{};
    for (const int fd : far_ends) {
        ssize_t size = 0;
        for (int i = 0; i < 10'000; ++i) {
            size = ::recv(fd, answer.data(), answer.size(), MSG_DONTWAIT);
            if (size > 0) break;
            co_await weir::test::turns(1);
        }
        BOOST_REQUIRE(size > 0);
        BOOST_REQUIRE(static_cast<unsigned char>(answer[0]) == 0xC1);  // FIN, RSV1, text
    }
}

/// Begins `unmeasured` connections, which may take what earlier tests left in the frame pool, and
/// then `count` that have to take their own.
weir::task<> measure(std::size_t unmeasured, std::size_t count, std::size_t& bytes_each,
                     weir::ws::deflate_parameters deflate = {}) {
    std::vector<int> far_ends;
    far_ends.reserve(unmeasured + count);
    weir::task_group group(co_await weir::this_task(), unmeasured + count);
    const auto begin_one = [&]() -> weir::task<weir::result<void>> {
        const std::array<int, 2> ends = weir::test::socket_pair();
        if (ends[0] < 0) {
            co_return weir::fail(std::errc::too_many_files_open);
        }
        far_ends.push_back(ends[1]);
        auto started =
            group.spawn(echo_like_the_example, weir::net::stream_socket(ends[0]), deflate);
        co_return co_await started;
    };
    while (far_ends.size() < unmeasured) {
        const auto begun = co_await begin_one();
        BOOST_REQUIRE(begun.has_value());
    }
    co_await weir::test::turns(3);
    if (deflate.is_agreed()) co_await exchange_compressed(far_ends, compressed_message());
    const std::size_t before = heap_in_use();
    while (far_ends.size() < unmeasured + count) {
        const auto begun = co_await begin_one();
        BOOST_REQUIRE(begun.has_value());
    }
    co_await weir::test::turns(3);
    if (deflate.is_agreed()) co_await exchange_compressed(far_ends, compressed_message());
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
    const std::size_t count = half_of_possible_pairs();
    std::size_t bytes_each = 0;
    run_limited([&] { return measure(1, count, bytes_each); });
    BOOST_TEST_MESSAGE(count << " idle connections: " << bytes_each << " bytes each");
    BOOST_TEST(bytes_each <= max_bytes_a_connection);
}

BOOST_AUTO_TEST_CASE(it_is_as_small_after_a_compressed_message, WEIR_LINUX_ONLY) {
    if (!weir::test::allocations_are_counted()) return;
    const std::size_t count = half_of_possible_pairs();
    std::size_t bytes_each = 0;
    run_limited([&] {
        return measure(count + 1, count, bytes_each, weir::ws::deflate_parameters(15, 15));
    });
    BOOST_TEST_MESSAGE(count << " idle connections that compress: " << bytes_each
                             << " bytes each; all coders: "
                             << weir::ws::coder_pool::of_this_thread().held_bytes());
    BOOST_TEST(bytes_each <= max_bytes_a_connection);
    BOOST_TEST(weir::ws::coder_pool::of_this_thread().held_bytes() <=
               weir::ws::coder_pool::shared_bytes());
}

namespace {

/// What connections that keep context take each, after a message and then hibernating.
weir::task<> measure_hibernation(std::size_t count, std::size_t& awake, std::size_t& hibernating) {
    constexpr auto keeping =
        weir::ws::deflate_parameters(15, 15).keep_send_context().keep_receive_context();
    std::vector<int> far_ends;
    sleepers all;
    far_ends.reserve(2 * count);
    all.reserve(2 * count);
    weir::task_group group(co_await weir::this_task(), 2 * count);
    const auto begin_some = [&]() -> weir::task<> {
        std::vector<int> more;
        for (std::size_t i = 0; i < count; ++i) {
            const std::array<int, 2> ends = weir::test::socket_pair();
            more.push_back(ends[1]);
            auto started = group.spawn(echo_and_be_known, weir::net::stream_socket(ends[0]),
                                       keeping, std::ref(all));
            static_cast<void>(co_await started);
        }
        co_await exchange_compressed(more, compressed_message());
        far_ends.insert(far_ends.end(), more.begin(), more.end());
    };
    co_await begin_some();
    const std::size_t before = heap_in_use();
    co_await begin_some();
    awake = (heap_in_use() - before) / count;
    for (std::size_t i = count; i < all.size(); ++i) all[i]->hibernate();
    hibernating = (heap_in_use() - before) / count;
    for (const int fd : far_ends) ::close(fd);
    static_cast<void>(co_await group.join());
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_that_keeps_context_is_small_while_it_hibernates, WEIR_LINUX_ONLY) {
    if (!weir::test::allocations_are_counted()) return;
    weir::ws::coder_pool::of_this_thread().set_max_bytes(std::size_t{200} << 20U);
    std::size_t awake = 0;
    std::size_t hibernating = 0;
    run_limited([&] { return measure_hibernation(100, awake, hibernating); });
    BOOST_TEST_MESSAGE("awake " << awake << " bytes each, hibernating " << hibernating);
    BOOST_TEST(awake > 300'000U);
    // What its peer may refer to is 2,000 bytes here.
    BOOST_TEST(hibernating < 4'000U);
    weir::ws::coder_pool::of_this_thread().set_max_bytes(std::size_t{16} << 20U);
}

BOOST_AUTO_TEST_SUITE_END()
