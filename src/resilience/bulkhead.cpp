// SPDX-License-Identifier: Apache-2.0
#include <weir/resilience/bulkhead.hpp>

#include <weir/base/assert.hpp>

namespace weir::resilience {

bulkhead::bulkhead(const bulkhead_options& options)
    : options_(options), places_(options.max_in_flight) {
    WEIR_ASSERT(options.max_in_flight > 0, "a bulkhead lets at least one call be under way");
}

task<result<semaphore::permit>> bulkhead::enter() {
    if (places_.available() > 0) co_return co_await places_.acquire();
    if (waiting_ >= options_.max_waiting) co_return fail(refusal::too_many_in_flight);
    ++waiting_;
    auto place = co_await with_timeout(options_.max_wait, places_.acquire());
    --waiting_;
    if (!place && place.error() == std::errc::timed_out) {
        co_return fail(refusal::too_many_in_flight);
    }
    co_return place;
}

}  // namespace weir::resilience
