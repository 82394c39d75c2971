// SPDX-License-Identifier: Apache-2.0
// linux_kernel: each reason why there is no ring gets its own advice.
#include "io/linux_kernel.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <string>

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

BOOST_AUTO_TEST_SUITE_END()
