// SPDX-License-Identifier: Apache-2.0
// requests: what each of the machinery's requests says to the kernel.
#include "io/op/requests.hpp"

#include <boost/test/unit_test.hpp>

#include <liburing.h>
#include <poll.h>
#include <sys/socket.h>

BOOST_AUTO_TEST_SUITE(requests_test)

namespace {

constexpr int fd = 7;

template <class Fill>
io_uring_sqe filled(Fill&& fill) {
    io_uring_sqe sqe{};
    fill(sqe);
    return sqe;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_cancel_names_its_target_and_completes_only_when_it_fails) {
    const auto sqe = filled([](auto& to) { weir::op::fill_cancel(to, 0x1234); });
    BOOST_TEST(sqe.opcode == IORING_OP_ASYNC_CANCEL);
    BOOST_TEST(sqe.addr == 0x1234U);
    BOOST_TEST((sqe.flags & IOSQE_CQE_SKIP_SUCCESS) != 0);
}

BOOST_AUTO_TEST_CASE(a_multishot_receive_takes_its_buffers_from_the_group) {
    const auto sqe = filled([](auto& to) { weir::op::fill_receive_multishot(to, fd, 3); });
    BOOST_TEST(sqe.opcode == IORING_OP_RECV);
    BOOST_TEST((sqe.ioprio & IORING_RECV_MULTISHOT) != 0);
    BOOST_TEST((sqe.flags & IOSQE_BUFFER_SELECT) != 0);
    BOOST_TEST(sqe.buf_group == 3);
    BOOST_TEST(sqe.len == 0U);
}

BOOST_AUTO_TEST_CASE(accepted_descriptors_are_closed_in_children_and_carry_no_shared_address) {
    const auto sqe = filled([](auto& to) { weir::op::fill_accept_multishot(to, fd); });
    BOOST_TEST(sqe.opcode == IORING_OP_ACCEPT);
    BOOST_TEST((sqe.ioprio & IORING_ACCEPT_MULTISHOT) != 0);
    BOOST_TEST((sqe.accept_flags & SOCK_CLOEXEC) != 0U);
    BOOST_TEST(sqe.addr == 0U);
}

BOOST_AUTO_TEST_CASE(sends_raise_no_signal_whatever_else_they_are_asked) {
    const char data[] = "x";
    const auto plain =
        filled([&](auto& to) { weir::op::fill_send(to, fd, data, 1, MSG_DONTWAIT); });
    BOOST_TEST(plain.opcode == IORING_OP_SEND);
    BOOST_TEST((plain.msg_flags & MSG_NOSIGNAL) != 0U);
    BOOST_TEST((plain.msg_flags & MSG_DONTWAIT) != 0U);
    const msghdr message{};
    const auto gathered =
        filled([&](auto& to) { weir::op::fill_send_message(to, fd, message, 0); });
    BOOST_TEST(gathered.opcode == IORING_OP_SENDMSG);
    BOOST_TEST((gathered.msg_flags & MSG_NOSIGNAL) != 0U);
}

BOOST_AUTO_TEST_CASE(a_zero_copy_send_asks_whether_the_kernel_copied_after_all) {
    const char data[] = "x";
    const auto sqe = filled([&](auto& to) { weir::op::fill_send_zero_copy(to, fd, data, 1); });
    BOOST_TEST(sqe.opcode == IORING_OP_SEND_ZC);
    BOOST_TEST((sqe.ioprio & (1U << 3)) != 0U);
    BOOST_TEST((sqe.msg_flags & MSG_NOSIGNAL) != 0U);
}

BOOST_AUTO_TEST_CASE(a_poll_reports_until_it_is_cancelled) {
    const auto sqe = filled([](auto& to) { weir::op::fill_poll_multishot(to, fd, POLLIN); });
    BOOST_TEST(sqe.opcode == IORING_OP_POLL_ADD);
    BOOST_TEST((sqe.len & IORING_POLL_ADD_MULTI) != 0U);
}

BOOST_AUTO_TEST_CASE(a_ring_message_goes_to_the_ring_behind_the_descriptor) {
    const auto sqe = filled([](auto& to) { weir::op::fill_ring_message(to, fd); });
    BOOST_TEST(sqe.opcode == IORING_OP_MSG_RING);
    BOOST_TEST(sqe.fd == fd);
}

BOOST_AUTO_TEST_CASE(a_close_names_the_descriptor) {
    const auto sqe = filled([](auto& to) { weir::op::fill_close(to, fd); });
    BOOST_TEST(sqe.opcode == IORING_OP_CLOSE);
    BOOST_TEST(sqe.fd == fd);
}

BOOST_AUTO_TEST_SUITE_END()
