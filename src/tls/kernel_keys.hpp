// SPDX-License-Identifier: Apache-2.0
// Keys that are given to the kernel, which then seals what is sent over a socket (kTLS).
#pragma once

#include "cipher_suite.hpp"

#include <weir/base/bytes.hpp>

#include <cstdint>
#include <system_error>

namespace weir {
class kernel;
}

namespace weir::tls {

/// Has the kernel seal, as records of TLS 1.3, what is sent over `fd` from now on. On an error what
/// is sent leaves as before. It is to be asked once for a socket.
///
/// @param key     16 or 32 bytes, as the suite has it.
/// @param vector  12 bytes.
/// @param first   the number of the next record.
/// Errors: no_such_file_or_directory (no TLS in this kernel), invalid_argument (not this suite),
///         those of setsockopt(2).
[[nodiscard]] std::error_code give_keys_to_kernel(kernel& system, int fd, cipher_suite suite,
                                                  bytes key, bytes vector,
                                                  std::uint64_t first) noexcept;

}  // namespace weir::tls
