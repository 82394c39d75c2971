// SPDX-License-Identifier: Apache-2.0
// op::open_beneath: opens a file by a name that must not lead out of a folder.
#pragma once

#include <weir/base/unique_fd.hpp>
#include <weir/io/operation.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace weir {

/// What becomes of a symbolic link on the way to a file.
enum class symbolic_links : std::uint8_t {
    refused,  ///< too_many_symbolic_link_levels, wherever it leads
    beneath,  ///< followed as long as they stay within the folder; else cross_device_link
};

}  // namespace weir

namespace weir::op {

/// The request behind `folder::open_beneath`: the kernel itself refuses every name that would leave
/// the folder, at the moment at which it walks it, so that no link can be put in its way after a
/// check. Lives in the awaiting frame and keeps the path for the kernel.
///
/// Errors:        those of openat2(2), unmapped; operation_canceled.
/// Cancellation:  a descriptor that was opened in spite of a stop is returned, so none is lost.
/// Source:        io_uring_prep_openat2(3), kernel >= 5.6; openat2(2), RESOLVE_BENEATH.
class open_beneath final : public single_operation {
public:
    /// @param folder  a descriptor of a folder.
    explicit open_beneath(int folder, std::string path, symbolic_links links) noexcept;

    [[nodiscard]] result<unique_fd> await_resume() const noexcept;
    void prepare(io_uring_sqe& sqe) noexcept override;
    void describe(std::string& out) const override { out += "open beneath " + path_; }

private:
    static constexpr std::size_t how_bytes = 24;  // struct open_how in its first version

    int folder_;
    std::string path_;
    alignas(8) std::byte how_[how_bytes] = {};
};

}  // namespace weir::op
