// SPDX-License-Identifier: Apache-2.0
// op::write: writes to a file at an offset.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/io/operation.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace weir::op {

/// The request behind `file::write_some_at`. Lives in the awaiting frame.
///
/// Errors:        those of pwrite(2), unmapped; operation_canceled.
/// Cancellation:  what was written is reported; a transfer that has begun is waited for.
/// Source:        io_uring_prep_write(3), kernel >= 5.6.
class write final : public single_operation {
public:
    /// @param data    borrowed until this completes; at most max_transfer_bytes of it are written.
    /// @param offset  in bytes, or `read::current_position`.
    explicit write(int fd, bytes data, std::uint64_t offset) noexcept
        : data_(data), offset_(offset), fd_(fd) {}

    /// Bytes written, which may be fewer than given.
    [[nodiscard]] result<std::size_t> await_resume() const noexcept { return size_result(); }
    void prepare(io_uring_sqe& sqe) noexcept override;
    void describe(std::string& out) const override { out += "write fd=" + std::to_string(fd_); }

private:
    bytes data_;
    std::uint64_t offset_;
    int fd_;
};

}  // namespace weir::op
