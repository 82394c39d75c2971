// SPDX-License-Identifier: Apache-2.0
// linux_kernel: each reason why there is no ring gets its own advice; the calls beside the ring.
#include "io/linux_kernel.hpp"

#include <weir/base/unique_fd.hpp>
#include <weir/net/endpoint.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(linux_kernel_test)

namespace {

bool says(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(eperm_names_the_sysctl_when_it_forbids) {
    const std::string advice = weir::advice_for_setup_error(EPERM, 2, "6.1.0");
    BOOST_TEST(says(advice, "kernel.io_uring_disabled=2"));
    BOOST_TEST(says(advice, "sysctl -w"));
    BOOST_TEST(!says(advice, "seccomp"));
}

BOOST_AUTO_TEST_CASE(eperm_names_seccomp_when_the_sysctl_allows_or_is_missing) {
    BOOST_TEST(says(weir::advice_for_setup_error(EPERM, 0, "6.1.0"), "seccomp"));
    BOOST_TEST(says(weir::advice_for_setup_error(EPERM, -1, "6.1.0"), "seccomp"));
}

BOOST_AUTO_TEST_CASE(enosys_and_einval_name_the_running_and_the_needed_kernel) {
    for (const int error : {ENOSYS, EINVAL}) {
        const std::string advice = weir::advice_for_setup_error(error, -1, "5.10.0-8");
        BOOST_TEST(says(advice, "5.10.0-8"));
        BOOST_TEST(says(advice, "6.1"));
    }
}

BOOST_AUTO_TEST_CASE(enomem_names_the_memlock_limit) {
    BOOST_TEST(says(weir::advice_for_setup_error(ENOMEM, -1, "6.1.0"), "ulimit -l"));
}

BOOST_AUTO_TEST_CASE(emfile_names_the_limit_of_open_files) {
    BOOST_TEST(says(weir::advice_for_setup_error(EMFILE, -1, "6.1.0"), "ulimit -n"));
    BOOST_TEST(says(weir::advice_for_setup_error(ENFILE, -1, "6.1.0"), "ulimit -n"));
}

BOOST_AUTO_TEST_CASE(anything_else_names_the_call_and_the_kernel) {
    const std::string advice = weir::advice_for_setup_error(EFAULT, -1, "6.1.0");
    BOOST_TEST(says(advice, "io_uring_setup"));
    BOOST_TEST(says(advice, "6.1.0"));
}

BOOST_AUTO_TEST_CASE(a_ring_that_is_asked_to_be_tiny_is_as_small_as_rings_get) {
    for (const unsigned size : {1U, 8U}) {
        const auto opened = weir::linux_kernel::open(size, size);
        BOOST_TEST(opened.has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_direct_send_goes_where_it_is_addressed_in_one_piece_or_several) {
    const auto opened = weir::linux_kernel::open(64, 1024);
    BOOST_REQUIRE(opened.has_value());
    weir::kernel& system = **opened;
    const weir::unique_fd from(system.socket(AF_INET, SOCK_DGRAM, 0));
    const weir::unique_fd to(system.socket(AF_INET, SOCK_DGRAM, 0));
    const auto any_port = weir::net::endpoint::loopback(0);
    BOOST_REQUIRE(system.bind(to.value(), any_port.native(), any_port.native_size()) == 0);
    sockaddr_storage address{};
    unsigned size = sizeof address;
    auto* name = reinterpret_cast<sockaddr*>(&address);
    BOOST_REQUIRE(system.local_address(to.value(), name, &size) == 0);
    char word[] = "word";
    const std::vector<iovec> pieces(3, iovec{word, 4});
    for (std::size_t count = 1; count <= pieces.size(); ++count) {
        msghdr message{};
        message.msg_name = name;
        message.msg_namelen = size;
        message.msg_iov = const_cast<iovec*>(pieces.data());
        message.msg_iovlen = count;
        const int expected = static_cast<int>(4 * count);
        BOOST_TEST(system.send_now(from.value(), message) == expected);
        char arrived[64];
        BOOST_TEST(system.receive_now(to.value(), arrived, sizeof arrived) == expected);
    }
}

BOOST_AUTO_TEST_CASE(a_part_of_a_file_is_sent_from_memory_as_far_as_the_socket_takes_it) {
    const auto opened = weir::linux_kernel::open(64, 1024);
    BOOST_REQUIRE(opened.has_value());
    weir::kernel& system = **opened;
    const weir::unique_fd file(::memfd_create("file", MFD_CLOEXEC));
    const std::string content(1'000'000, 'f');
    BOOST_REQUIRE(::write(file.value(), content.data(), content.size()) == 1'000'000);
    int ends[2];
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    const weir::unique_fd from(ends[0]);
    const weir::unique_fd to(ends[1]);
    const auto send = [&](std::uint64_t offset, std::size_t size) {
        return system.send_file_now(from.value(), file.value(), offset, size);
    };
    BOOST_TEST(send(10, 20) == 20);
    char arrived[64];
    BOOST_TEST(system.receive_now(to.value(), arrived, sizeof arrived) == 20);
    BOOST_TEST(send(990'000, 20'000) == -EOPNOTSUPP);  // that is not all in memory: there is less
    BOOST_TEST(send(0, 0) == -EOPNOTSUPP);
    int sent = 0;
    while ((sent = send(0, content.size())) > 0) continue;
    BOOST_TEST(sent == -EAGAIN);
    // Requests to the ring wait for the socket as before.
    BOOST_TEST((::fcntl(from.value(), F_GETFL) & O_NONBLOCK) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
