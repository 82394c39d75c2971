// SPDX-License-Identifier: Apache-2.0
// run: where io_uring is forbidden, the program ends with status 69 and says which switch it was.
#include <weir/io/run.hpp>
#include <weir/io/runtime.hpp>
#include <weir/io/sleep.hpp>

#include "child_process.hpp"

#include <boost/test/unit_test.hpp>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(run_test)

namespace {

using weir::test::child_process;
using weir::test::child_program;

/// From now on io_uring_setup(2) fails with `error` in this process.
void forbid_io_uring(int error) {
    sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program{sizeof rules / sizeof *rules, rules};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

weir::task<int> answer() { co_return 42; }

weir::task<> sleep_a_little() {
    static_cast<void>(co_await weir::sleep_for(std::chrono::milliseconds(1)));
}

/// In the children: the errno that io_uring_setup(2) shall give.
void forbid_io_uring(const std::string& error) { forbid_io_uring(std::stoi(error)); }

const child_program run_forbidden("run_forbidden", [](const std::string& error) {
    forbid_io_uring(error);
    return weir::run(answer());
});

const child_program runtime_forbidden("runtime_forbidden", [](const std::string& error) {
    forbid_io_uring(error);
    weir::runtime runtime;
    auto main = [](weir::shard&) -> weir::task<> { co_return; };
    return runtime.run(main) ? 0 : 1;
});

const child_program start_forbidden("start_forbidden", [](const std::string& error) {
    forbid_io_uring(error);
    weir::runtime runtime;
    const auto started = runtime.start();
    return !started && started.error().code() == std::errc::operation_not_permitted ? 0 : 1;
});

/// An unprivileged user who may lock so many bytes of memory.
void become_nobody(const std::string& bytes) {
    constexpr uid_t nobody = 65534;
    const rlimit limit{std::stoul(bytes), std::stoul(bytes)};
    if (::setrlimit(RLIMIT_MEMLOCK, &limit) != 0 || ::setuid(nobody) != 0) std::exit(1);
}

const child_program run_as_nobody("run_as_nobody", [](const std::string& bytes) {
    become_nobody(bytes);
    weir::run(sleep_a_little());
    return 0;
});

/// As such a user, with 128 KiB of them for the ring of its receive buffers.
const child_program run_as_nobody_with_many_buffers("run_as_nobody_with_many_buffers",
                                                    [](const std::string& bytes) {
                                                        become_nobody(bytes);
                                                        weir::reactor_options options;
                                                        options.receive_buffer_count = 8192;
                                                        options.receive_buffer_bytes = 4096;
                                                        weir::run(sleep_a_little(), options);
                                                        return 0;
                                                    });

/// Runs `program` under ever higher limits: each run either succeeds or names the limit.
void check_under_limits(const child_program& program) {
    bool was_refused = false;
    bool has_run = false;
    for (const rlim_t kib : {0U, 4U, 8U, 16U, 24U, 32U, 64U, 128U, 256U, 1024U, 8192U}) {
        child_process child(program, std::to_string(kib * 1024));
        const int status = child.wait();
        BOOST_TEST_MESSAGE(kib << " KiB: " << status << " " << child.output());
        BOOST_TEST((status == 0 || status == 69));
        has_run = has_run || status == 0;
        if (status != 69) continue;
        was_refused = true;
        BOOST_TEST(child.output().find("ulimit -l") != std::string::npos);
    }
    BOOST_TEST(has_run);
    BOOST_TEST_MESSAGE("does this kernel count rings: " << was_refused);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_result_of_main_is_given_and_its_exception_rethrown) {
    BOOST_TEST(weir::run(answer()) == 42);
    auto thrower = []() -> weir::task<> {
        throw std::runtime_error("main");
        co_return;
    };
    BOOST_CHECK_THROW(weir::run(thrower()), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_seccomp_filter_that_says_eperm_ends_with_69_and_names_seccomp) {
    child_process child(run_forbidden, std::to_string(EPERM));
    BOOST_TEST(child.wait() == 69);
    BOOST_TEST_MESSAGE(child.output());
    BOOST_TEST(child.output().starts_with("weir: no io_uring: Operation not permitted"));
    BOOST_TEST(child.output().find("seccomp") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_filter_that_says_enosys_ends_with_69_and_names_the_kernel) {
    child_process child(run_forbidden, std::to_string(ENOSYS));
    BOOST_TEST(child.wait() == 69);
    BOOST_TEST(child.output().find("has no io_uring, or a seccomp filter") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_kernel_that_lacks_the_flags_is_told_from_one_that_forbids) {
    child_process child(run_forbidden, std::to_string(EINVAL));
    BOOST_TEST(child.wait() == 69);
    BOOST_TEST(child.output().find("Linux >= 6.1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_runtime_ends_in_the_same_way) {
    child_process child(runtime_forbidden, std::to_string(EPERM));
    BOOST_TEST(child.wait() == 69);
    BOOST_TEST_MESSAGE(child.output());
}

BOOST_AUTO_TEST_CASE(starting_a_runtime_gives_the_error_instead) {
    child_process child(start_forbidden, std::to_string(EPERM));
    BOOST_TEST(child.wait() == 0);
    BOOST_TEST_MESSAGE(child.output());
}

BOOST_AUTO_TEST_CASE(a_small_memlock_limit_either_suffices_or_is_named) {
    if (::getuid() != 0) {
        BOOST_TEST_MESSAGE("needs root, to become nobody");
        return;
    }
    check_under_limits(run_as_nobody);
    check_under_limits(run_as_nobody_with_many_buffers);
}

BOOST_AUTO_TEST_CASE(more_receive_buffers_than_a_ring_of_them_can_have_are_an_error_that_says_so) {
    weir::reactor_options options;
    options.receive_buffer_count = 65536;
    options.receive_buffer_bytes = 64;
    const auto opened = weir::open_reactor(options);
    BOOST_REQUIRE(!opened);
    BOOST_TEST(opened.error().advice().find("32768") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
