// SPDX-License-Identifier: Apache-2.0
// op::fsync: makes what was written to a file survive a crash.
#pragma once

#include <weir/io/operation.hpp>

#include <string>

namespace weir::op {

/// The request behind `file::sync` and `file::sync_data`. Lives in the awaiting frame.
///
/// Errors:        those of fsync(2), unmapped; operation_canceled.
/// Cancellation:  once begun it is waited for; how far it came is unknown after a cancel.
/// Source:        io_uring_prep_fsync(3), kernel >= 5.1.
class fsync final : public single_operation {
public:
    enum class scope { everything, data_only };

    explicit fsync(int fd, scope what) noexcept : fd_(fd), what_(what) {}

    [[nodiscard]] result<void> await_resume() const noexcept { return void_result(); }
    void prepare(io_uring_sqe& sqe) noexcept override;
    void describe(std::string& out) const override { out += "fsync fd=" + std::to_string(fd_); }

private:
    int fd_;
    scope what_;
};

}  // namespace weir::op
