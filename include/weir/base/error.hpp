// SPDX-License-Identifier: Apache-2.0
// How operating errors are made and told apart. Kernel errors live in std::system_category and
// are compared by condition: `error == std::errc::operation_canceled`, never by number.
#pragma once

#include <system_error>

namespace weir {

/// The error of a failed system call or completion: `code` is the positive errno value.
[[nodiscard]] inline std::error_code error_from_errno(int code) noexcept {
    return {code, std::system_category()};
}

/// The error that every suspending function gives when its scope was asked to stop.
[[nodiscard]] inline std::error_code stopped_error() noexcept {
    return std::make_error_code(std::errc::operation_canceled);
}

/// Whether `error` says that the work was asked to stop, rather than that it failed.
[[nodiscard]] inline bool is_stopped(const std::error_code& error) noexcept {
    return error == std::errc::operation_canceled;
}

}  // namespace weir
