// SPDX-License-Identifier: Apache-2.0
// Whether this kernel can seal records itself (kTLS), so that files leave a server from the page
// cache, encrypted, without a copy through the process.
#pragma once

#include <system_error>

namespace weir::tls {

/// Why the kernel cannot seal records; no error = it can, for the cipher suites that it knows.
/// Makes a socket to ask; Linux may load a module for the answer.
///
/// @return  no_such_file_or_directory: Linux without `CONFIG_TLS`, or whose module `tls` is not
///          loaded and this process may not load; or the error of making a socket.
/// Source:  Linux, Documentation/networking/tls.rst
[[nodiscard]] std::error_code kernel_tls_error() noexcept;

}  // namespace weir::tls
