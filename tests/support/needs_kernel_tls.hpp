// SPDX-License-Identifier: Apache-2.0
// For tests of what only a kernel can do that seals records (kTLS).
#pragma once

#include "simulation.hpp"

#include <weir/tls/kernel_tls.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <system_error>

namespace weir::test {

/// Disables a test where this kernel cannot; with WEIR_NEEDS_KERNEL_TLS it must be one that can.
inline boost::test_tools::assertion_result needs_kernel_tls(boost::unit_test::test_unit_id) {
    const std::error_code missing = tls::kernel_tls_error();
    boost::test_tools::assertion_result answer(!missing ||
                                               std::getenv("WEIR_NEEDS_KERNEL_TLS") != nullptr);
    answer.message() << "this kernel does not seal records (" << missing.message() << ")";
    return answer;
}

}  // namespace weir::test

/// Decorates a suite or a test.
#define WEIR_KERNEL_TLS_ONLY \
    WEIR_LINUX_ONLY* boost::unit_test::precondition(weir::test::needs_kernel_tls)
