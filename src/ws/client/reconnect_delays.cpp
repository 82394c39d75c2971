// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/reconnect_delays.hpp>

namespace weir::ws::reconnect_delays {

using resilience::backoff_policy;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr unsigned usual_attempts = 5;

}  // namespace

backoff_policy usual() {
    return backoff_policy::exponential(seconds(1), seconds(30))
        .spread(0.8, 1.0)
        .max_retries(usual_attempts);
}

backoff_policy constant_delay(std::chrono::nanoseconds delay) {
    return backoff_policy::constant(delay).max_retries(usual_attempts);
}

backoff_policy exponential() {
    return backoff_policy::exponential(seconds(1), seconds(30)).spread(0.9, 1.1);
}

backoff_policy jittered(std::chrono::nanoseconds base) {
    return backoff_policy::linear(base, 30 * base).spread(0.8, 1.2).at_least(base / 2);
}

backoff_policy decorrelated() { return backoff_policy::decorrelated(seconds(1), seconds(30)); }

backoff_policy interactive() {
    return backoff_policy::table({milliseconds(10), milliseconds(50), milliseconds(100),
                                  milliseconds(150), milliseconds(200), milliseconds(250),
                                  milliseconds(500), milliseconds(1000), milliseconds(2000)},
                                 milliseconds(5000))
        .spread(0.5, 1.0);
}

}  // namespace weir::ws::reconnect_delays
