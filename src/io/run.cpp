// SPDX-License-Identifier: Apache-2.0
#include <weir/io/run.hpp>

#include "linux_kernel.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace weir {

result<std::unique_ptr<reactor>, startup_error> open_reactor(const reactor_options& options) {
    // Requests carry MSG_NOSIGNAL, but OpenSSL and stdio write(2) by themselves.
    std::signal(SIGPIPE, SIG_IGN);
    auto kernel = linux_kernel::open(options.sq_entries, options.cq_entries);
    if (!kernel) return fail(startup_error(kernel.error().code(), kernel.error().advice()));
    return std::make_unique<reactor>(std::move(*kernel), options);
}

void detail::exit_without_reactor(const startup_error& error) {
    constexpr int unavailable = 69;  // EX_UNAVAILABLE of sysexits(3)
    std::fprintf(stderr, "weir: no io_uring: %s\n  %s\n", error.code().message().c_str(),
                 error.advice().c_str());
    std::exit(unavailable);
}

}  // namespace weir
