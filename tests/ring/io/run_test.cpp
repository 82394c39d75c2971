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

BOOST_AUTO_TEST_SUITE(run_test)

namespace {

using weir::test::child_process;

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

int run_forbidden(int error) {
    forbid_io_uring(error);
    return weir::run(answer());
}

/// As an unprivileged user who may lock `bytes` of memory.
int run_as_nobody(rlim_t bytes) {
    constexpr uid_t nobody = 65534;
    const rlimit limit{bytes, bytes};
    if (::setrlimit(RLIMIT_MEMLOCK, &limit) != 0 || ::setuid(nobody) != 0) return 1;
    weir::run(sleep_a_little());
    return 0;
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
    child_process child([] { return run_forbidden(EPERM); });
    BOOST_TEST(child.wait() == 69);
    BOOST_TEST_MESSAGE(child.output());
    BOOST_TEST(child.output().starts_with("weir: no io_uring: Operation not permitted"));
    BOOST_TEST(child.output().find("seccomp") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_filter_that_says_enosys_ends_with_69_and_names_the_kernel) {
    child_process child([] { return run_forbidden(ENOSYS); });
    BOOST_TEST(child.wait() == 69);
    BOOST_TEST(child.output().find("has no io_uring, or a seccomp filter") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_runtime_ends_in_the_same_way_and_start_gives_the_error_instead) {
    child_process runs([] {
        forbid_io_uring(EPERM);
        weir::runtime runtime;
        auto main = [](weir::shard&) -> weir::task<> { co_return; };
        return runtime.run(main) ? 0 : 1;
    });
    BOOST_TEST(runs.wait() == 69);
    BOOST_TEST_MESSAGE(runs.output());
    child_process starts([] {
        forbid_io_uring(EPERM);
        weir::runtime runtime;
        const auto started = runtime.start();
        const bool is_right =
            !started && started.error().code() == std::errc::operation_not_permitted;
        return is_right ? 0 : 1;
    });
    BOOST_TEST(starts.wait() == 0);
}

BOOST_AUTO_TEST_CASE(a_kernel_that_lacks_the_flags_is_told_from_one_that_forbids) {
    child_process child([] { return run_forbidden(EINVAL); });
    BOOST_TEST(child.wait() == 69);
    BOOST_TEST(child.output().find("Linux >= 6.1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_small_memlock_limit_either_suffices_or_is_named) {
    if (::getuid() != 0) {
        BOOST_TEST_MESSAGE("needs root, to become nobody");
        return;
    }
    bool was_refused = false;
    bool has_run = false;
    for (const rlim_t kib : {0U, 4U, 8U, 16U, 24U, 32U, 64U, 128U, 256U, 1024U, 8192U}) {
        child_process child([kib] { return run_as_nobody(kib * 1024); });
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

BOOST_AUTO_TEST_SUITE_END()
