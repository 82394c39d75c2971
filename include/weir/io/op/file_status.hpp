// SPDX-License-Identifier: Apache-2.0
// op::file_status: asks what an open file is, without blocking on a slow file system as fstat(2)
// may.
#pragma once

#include <weir/io/file_facts.hpp>
#include <weir/io/operation.hpp>

#include <cstddef>
#include <string>

namespace weir::op {

/// The request behind `file::facts`. Lives in the awaiting frame.
///
/// Errors:        those of statx(2), unmapped; operation_canceled.
/// Cancellation:  once begun it is waited for.
/// Source:        io_uring_prep_statx(3), kernel >= 5.6; statx(2).
class file_status : public single_operation {
public:
    explicit file_status(int fd) noexcept : fd_(fd) {}

    /// A kernel that tells less, as a simulated one, gives a regular file of 1970.
    [[nodiscard]] result<file_facts> await_resume() const noexcept;
    void prepare(io_uring_sqe& sqe) noexcept override;
    void describe(std::string& out) const override { out += "statx fd=" + std::to_string(fd_); }

private:
    static constexpr std::size_t statx_bytes = 256;  // struct statx, whose size is kernel ABI

    int fd_;
    alignas(8) std::byte status_[statx_bytes] = {};
};

}  // namespace weir::op
