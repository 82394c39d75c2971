// SPDX-License-Identifier: Apache-2.0
// op::file_size: asks how long a file is, without blocking on a slow file system as fstat(2) may.
#pragma once

#include <weir/io/op/file_status.hpp>

#include <cstdint>

namespace weir::op {

/// The request behind `file::size`: of all that `file_status` learns, the size.
///
/// Errors:        as file_status.
/// Cancellation:  as file_status.
class file_size final : public file_status {
public:
    using file_status::file_status;

    /// The size in bytes.
    [[nodiscard]] result<std::uint64_t> await_resume() const noexcept;
};

}  // namespace weir::op
