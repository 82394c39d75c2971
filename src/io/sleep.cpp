// SPDX-License-Identifier: Apache-2.0
#include <weir/io/sleep.hpp>

namespace weir {

bool sleep_awaiter::begin(detail::promise_base& promise) noexcept {
    stopped_ = promise.ambient().is_stopped();
    if (stopped_) return false;
    reactor& loop = reactor::current();
    if (deadline_ == time_point{}) {
        const bool is_forever = duration_ > time_point::max() - loop.now();
        deadline_ = is_forever ? time_point::max() : loop.now() + duration_;
    }
    suspend(promise);
    loop.timers().arm(*this, deadline_);
    return true;
}

void sleep_awaiter::request_stop() noexcept {
    stopped_ = true;
    reactor::current().timers().disarm(*this);
    wake();
}

}  // namespace weir
