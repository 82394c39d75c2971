// SPDX-License-Identifier: Apache-2.0
// op::open: opens a file by name.
#pragma once

#include <weir/base/unique_fd.hpp>
#include <weir/io/operation.hpp>

#include <string>

namespace weir::op {

/// The request behind `file::open`. Lives in the awaiting frame and keeps the path for the kernel.
///
/// Errors:        those of openat(2), unmapped; operation_canceled.
/// Cancellation:  a descriptor that was opened in spite of a stop is returned, so none is lost.
/// Source:        io_uring_prep_openat(3), kernel >= 5.6.
class open final : public single_operation {
public:
    /// @param flags        O_* of open(2); O_CLOEXEC is added.
    /// @param permissions  of a file that is created, less the umask.
    explicit open(std::string path, int flags, unsigned permissions) noexcept
        : path_(std::move(path)), flags_(flags), permissions_(permissions) {}

    [[nodiscard]] result<unique_fd> await_resume() const noexcept;
    void prepare(io_uring_sqe& sqe) noexcept override;
    void describe(std::string& out) const override { out += "open " + path_; }

private:
    std::string path_;
    int flags_;
    unsigned permissions_;
};

}  // namespace weir::op
