// SPDX-License-Identifier: Apache-2.0
#include "sim/request.hpp"

#include "kernel_bench.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cerrno>

BOOST_AUTO_TEST_SUITE(request_test)

namespace {

using weir::sim::request;
using weir::sim::test::kernel_bench;

template <class Fill>
request made(kernel_bench& bench, Fill&& fill) {
    io_uring_sqe sqe{};
    fill(sqe);
    return request(bench.system, sqe, 1);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_address_of_a_connect_is_copied_at_once) {
    kernel_bench bench;
    const auto there = weir::net::endpoint::loopback(7000);
    sockaddr_storage memory{};
    std::memcpy(&memory, there.native(), there.native_size());
    const request asked = made(bench, [&](io_uring_sqe& sqe) {
        ::io_uring_prep_connect(&sqe, 5, reinterpret_cast<sockaddr*>(&memory), there.native_size());
    });
    memory = {};
    const auto named =
        weir::net::endpoint::from_native(reinterpret_cast<const sockaddr*>(asked.name.data()),
                                         static_cast<unsigned>(asked.name.size()));
    BOOST_TEST((named == there));
}

BOOST_AUTO_TEST_CASE(the_pieces_of_a_message_are_copied_at_once) {
    kernel_bench bench;
    std::array<char, 10> text{};
    std::array<iovec, 2> pieces{iovec{text.data(), 3}, iovec{text.data() + 3, 7}};
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    const request asked =
        made(bench, [&](io_uring_sqe& sqe) { ::io_uring_prep_sendmsg(&sqe, 5, &message, 0); });
    pieces = {};
    message = {};
    BOOST_TEST(asked.size() == 10U);
    BOOST_TEST(asked.pieces.size() == 2U);
    BOOST_TEST(asked.pieces.at(1).iov_base == text.data() + 3);
    BOOST_TEST(asked.name.empty());
}

BOOST_AUTO_TEST_CASE(a_receive_of_messages_says_how_each_begins) {
    kernel_bench bench;
    msghdr layout{};
    layout.msg_namelen = 28;
    layout.msg_controllen = 16;
    const request asked = made(
        bench, [&](io_uring_sqe& sqe) { ::io_uring_prep_recvmsg_multishot(&sqe, 5, &layout, 0); });
    BOOST_TEST(asked.name_room == 28U);
    BOOST_TEST(asked.control_room == 16U);
}

BOOST_AUTO_TEST_CASE(only_what_was_asked_for_once_and_for_all_is_multishot) {
    kernel_bench bench;
    const auto is_multishot = [&](auto&& fill) { return made(bench, fill).is_multishot(); };
    BOOST_TEST(is_multishot(
        [](auto& sqe) { ::io_uring_prep_multishot_accept(&sqe, 5, nullptr, nullptr, 0); }));
    BOOST_TEST(
        !is_multishot([](auto& sqe) { ::io_uring_prep_accept(&sqe, 5, nullptr, nullptr, 0); }));
    BOOST_TEST(
        is_multishot([](auto& sqe) { ::io_uring_prep_recv_multishot(&sqe, 5, nullptr, 0, 0); }));
    BOOST_TEST(!is_multishot([](auto& sqe) { ::io_uring_prep_recv(&sqe, 5, nullptr, 0, 0); }));
    BOOST_TEST(is_multishot([](auto& sqe) { ::io_uring_prep_poll_multishot(&sqe, 5, POLLIN); }));
    BOOST_TEST(!is_multishot([](auto& sqe) { ::io_uring_prep_poll_add(&sqe, 5, POLLIN); }));
    BOOST_TEST(!is_multishot([](auto& sqe) { ::io_uring_prep_send(&sqe, 5, nullptr, 0, 0); }));
}

BOOST_AUTO_TEST_CASE(a_request_that_must_not_wait_says_so) {
    kernel_bench bench;
    std::array<char, 10> text{};
    const auto prepared = [&](int flags) {
        return made(bench, [&](io_uring_sqe& sqe) {
            ::io_uring_prep_send(&sqe, 5, text.data(), text.size(), flags);
        });
    };
    BOOST_TEST(prepared(0).may_wait());
    BOOST_TEST(!prepared(MSG_DONTWAIT).may_wait());
    BOOST_TEST(prepared(0).size() == 10U);
    BOOST_TEST(!prepared(0).selects_buffer());
}

BOOST_AUTO_TEST_CASE(lent_bytes_are_watched_until_they_are_reclaimed) {
    kernel_bench bench;
    std::array<char, 6> text{'h', 'e', 'l', 'l', 'o', '!'};
    request asked = made(bench, [&](io_uring_sqe& sqe) {
        ::io_uring_prep_send(&sqe, 5, text.data(), text.size(), 0);
    });
    asked.lend(5);
    text[5] = '?';  // not lent
    BOOST_TEST(asked.has_what_was_lent());
    text[4] = 'x';
    BOOST_TEST(!asked.has_what_was_lent());
    asked.reclaim();
    BOOST_TEST(asked.has_what_was_lent());
}

BOOST_AUTO_TEST_CASE(a_direct_call_that_is_to_fail_has_no_effect) {
    kernel_bench bench;
    std::array<char, 8> memory{};
    const auto [here, there] = bench.open_pair();
    bench.time.faults().fail_request(1, ENOMEM);
    BOOST_TEST(bench.say(there, "lost") == -ENOMEM);
    bench.time.faults().fail_request(2, ECONNRESET);
    BOOST_TEST(bench.say(there, "kept") == 4);
    BOOST_TEST(bench.system.receive_now(here, memory.data(), memory.size()) == -ECONNRESET);
    BOOST_TEST(bench.system.receive_now(here, memory.data(), memory.size()) == 4);
    bench.time.faults().fail_request(1, ENOMEM);
    BOOST_TEST(bench.system.socket(AF_INET, SOCK_STREAM, 0) == -ENOMEM);
}

BOOST_AUTO_TEST_CASE(all_that_waits_can_be_ended_with_an_error) {
    kernel_bench bench;
    std::array<char, 8> memory{};
    const auto [here, there] = bench.open_pair();
    ::io_uring_prep_recv(&bench.ask(1), here, memory.data(), memory.size(), 0);
    ::io_uring_prep_recv(&bench.ask(2), there, memory.data(), memory.size(), 0);
    BOOST_TEST(bench.collect().empty());
    BOOST_TEST(bench.system.end_requests(ECONNRESET) == 2U);
    const auto all = bench.collect();
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].tag == 1U);
    BOOST_TEST(all[0].result == -ECONNRESET);
    BOOST_TEST(bench.system.end_requests(ECONNRESET) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
