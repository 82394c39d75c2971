// SPDX-License-Identifier: Apache-2.0
// WEIR_ASSERT: programmer errors end the process with a message that names the broken rule.
//
// It stays on in release builds: a broken ownership rule with an operation in flight means that
// the kernel writes into memory it no longer owns, and no later check can repair that.
#pragma once

namespace weir::detail {

/// Prints `message` with its place and aborts. Allocates nothing, so it may be called anywhere.
[[noreturn]] void assertion_failed(const char* condition, const char* message, const char* file,
                                   int line) noexcept;

}  // namespace weir::detail

/// Aborts with `message` when `condition` is false; `message` states the rule that was broken.
#define WEIR_ASSERT(condition, message) \
    (static_cast<bool>(condition)       \
         ? static_cast<void>(0)         \
         : ::weir::detail::assertion_failed(#condition, message, __FILE__, __LINE__))
