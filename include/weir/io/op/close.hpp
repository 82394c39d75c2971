// SPDX-License-Identifier: Apache-2.0
// op::close: closes a descriptor and reports what close(2) reports.
#pragma once

#include <weir/base/unique_fd.hpp>
#include <weir/io/operation.hpp>

#include <string>
#include <utility>

namespace weir::op {

/// The request behind `file::close`. Lives in the awaiting frame and owns the descriptor, so that
/// it is closed even where the request never reached the kernel.
///
/// Errors:        those of close(2), unmapped: delayed write errors of network file systems.
/// Cancellation:  the descriptor is closed in any case; then the error is operation_canceled.
/// Source:        io_uring_prep_close(3), kernel >= 5.6.
class close final : public single_operation {
public:
    explicit close(unique_fd fd) noexcept : fd_(std::move(fd)) {}

    [[nodiscard]] result<void> await_resume() noexcept;
    void prepare(io_uring_sqe& sqe) noexcept override;
    void describe(std::string& out) const override {
        out += "close fd=" + std::to_string(fd_.value());
    }

private:
    unique_fd fd_;
    bool submitted_ = false;
};

}  // namespace weir::op
