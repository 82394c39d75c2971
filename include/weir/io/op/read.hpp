// SPDX-License-Identifier: Apache-2.0
// op::read: reads from a file at an offset.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/io/operation.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace weir::op {

/// The most that one request moves; the kernel would shorten a longer one itself (read(2)).
inline constexpr std::size_t max_transfer_bytes = 0x7ffff000;

/// The request behind `file::read_some_at`. Lives in the awaiting frame.
///
/// Errors:        those of pread(2), unmapped; operation_canceled.
/// Cancellation:  bytes that were read are returned; a transfer that has begun is waited for.
/// Source:        io_uring_prep_read(3), kernel >= 5.6.
class read final : public single_operation {
public:
    /// The offset of a descriptor that has none (pipe, terminal), or of its own position.
    static constexpr std::uint64_t current_position = ~std::uint64_t{0};

    /// @param buffer  borrowed until this completes; at most max_transfer_bytes of it are used.
    explicit read(int fd, mutable_bytes buffer, std::uint64_t offset) noexcept
        : buffer_(buffer), offset_(offset), fd_(fd) {}

    /// Bytes read; 0 = the end of the file (or an empty buffer).
    [[nodiscard]] result<std::size_t> await_resume() const noexcept { return size_result(); }
    void prepare(io_uring_sqe& sqe) noexcept override;
    void describe(std::string& out) const override { out += "read fd=" + std::to_string(fd_); }

private:
    mutable_bytes buffer_;
    std::uint64_t offset_;
    int fd_;
};

}  // namespace weir::op
