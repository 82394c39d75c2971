// SPDX-License-Identifier: Apache-2.0
#include <weir/io/run.hpp>

#include "linux_kernel.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>

namespace weir {

namespace {

startup_error as_startup_error(const kernel_error& error) {
    return startup_error(error.code(), error.advice());
}

/// The limit of locked memory counts the buffers' ring, too; what it had room for before may be
/// taken by another program of the same user meanwhile.
startup_error why_without(unsigned receive_buffers, int error) {
    if (error == ENOMEM) return as_startup_error(linux_kernel::setup_error(error));
    return startup_error(error_from_errno(error),
                         "the kernel refuses " + std::to_string(receive_buffers) +
                             " receive buffers: receive_buffer_count may be up to 32768");
}

}  // namespace

result<std::unique_ptr<reactor>, startup_error> open_reactor(const reactor_options& options) {
    // Requests carry MSG_NOSIGNAL, but OpenSSL and stdio write(2) by themselves.
    std::signal(SIGPIPE, SIG_IGN);
    auto kernel = linux_kernel::open(options.sq_entries, options.cq_entries);
    if (!kernel) return fail(as_startup_error(kernel.error()));
    try {
        return std::make_unique<reactor>(std::move(*kernel), options);
    } catch (const std::system_error& buffers_refused) {
        return fail(why_without(options.receive_buffer_count, buffers_refused.code().value()));
    }
}

void detail::exit_without_reactor(const startup_error& error) {
    constexpr int unavailable = 69;  // EX_UNAVAILABLE of sysexits(3)
    std::fprintf(stderr, "weir: no io_uring: %s\n  %s\n", error.code().message().c_str(),
                 error.advice().c_str());
    std::exit(unavailable);
}

}  // namespace weir
