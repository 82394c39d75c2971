// SPDX-License-Identifier: Apache-2.0
#include "preparations.hpp"

#include <weir/io/timeout.hpp>

#include <utility>

namespace weir::http::detail {

task<result<void>> preparations::run(task<result<void>> preparing) {
    const auto permit = co_await place();
    if (!permit) co_return fail(permit.error());
    one own(reactor::current().now());
    under_way_.push_back(own);
    auto stoppable = with_stop(own.stop, std::move(preparing));
    const result<void> outcome = co_await stoppable;
    if (!outcome && own.stop.stop_requested()) co_return fail(std::errc::timed_out);
    co_return outcome;
}

task<result<semaphore::permit>> preparations::place() {
    // Each who finds its patience over makes room for one, and waits on: for this one or another.
    while (!under_way_.empty()) {
        const auto until = under_way_.front().begun + patience;
        auto permit = co_await with_deadline(until, places_.acquire());
        if (permit || permit.error() != std::errc::timed_out) co_return permit;
        static_cast<void>(end_longest());
    }
    co_return co_await places_.acquire();
}

bool preparations::end_longest() noexcept {
    if (under_way_.empty()) return false;
    one& longest = under_way_.front();
    if (reactor::current().now() < longest.begun + patience) return false;
    longest.unlink();
    longest.stop.request_stop();
    return true;
}

}  // namespace weir::http::detail
