// SPDX-License-Identifier: Apache-2.0
// refused: a refusal that knows when it may be over: an HTTP status and its Retry-After in one.
#pragma once

#include <weir/base/refusal.hpp>

#include <chrono>
#include <system_error>

namespace weir {

/// The error of what can say when to ask again. A value; converts to the code of its refusal.
class refused {
public:
    explicit refused(refusal why, std::chrono::nanoseconds retry_after) noexcept
        : why_(why), retry_after_(retry_after) {}

    [[nodiscard]] refusal why() const noexcept { return why_; }
    /// How long to wait before asking again. nanoseconds::max() = it is of no use ever.
    [[nodiscard]] std::chrono::nanoseconds retry_after() const noexcept { return retry_after_; }
    /// What HTTP's Retry-After says: whole seconds, not too few (RFC 9110 10.2.3).
    [[nodiscard]] std::chrono::seconds retry_after_seconds() const noexcept {
        return std::chrono::ceil<std::chrono::seconds>(retry_after_);
    }
    operator std::error_code() const noexcept { return make_error_code(why_); }

private:
    refusal why_;
    std::chrono::nanoseconds retry_after_;
};

}  // namespace weir
