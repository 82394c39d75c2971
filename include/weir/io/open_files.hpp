// SPDX-License-Identifier: Apache-2.0
// open_files: how many descriptors this process may have. Linux starts programs with a soft limit
// of 1024, which a server with thousands of connections must raise before it listens.
#pragma once

#include <weir/base/result.hpp>

#include <cstddef>

namespace weir {

/// Raises the process's limit of open descriptors to the hard limit, and beyond that to `wanted`
/// where the process may (CAP_SYS_RESOURCE). Never lowers it. Call it before the shards start:
/// the kernel looks at the limit when a request to accept is made, not when it is served.
///
/// @param wanted  descriptors; 0 = as many as the hard limit allows.
/// @return        the limit that holds now; it may be less than `wanted`.
/// Errors:        those of getrlimit(2) and setrlimit(2).
[[nodiscard]] result<std::size_t> raise_open_files(std::size_t wanted = 0) noexcept;

}  // namespace weir
