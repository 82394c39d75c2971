// SPDX-License-Identifier: Apache-2.0
#include "sim/request.hpp"

#include "kernel_bench.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

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

BOOST_AUTO_TEST_SUITE_END()
