// SPDX-License-Identifier: Apache-2.0
// traffic_limits: how much of each class of traffic a client may ask for, ready to be used.
#pragma once

#include <weir/rate/keyed_limiter.hpp>
#include <weir/rate/quota.hpp>
#include <weir/rate/traffic.hpp>

#include <chrono>

namespace weir::rate {

/// The bounds of a traffic_limiter.
class traffic_limits {
public:
    traffic_limits() {}

    // ---- each client. Buckets fill from nanosecond to nanosecond, not in steps.
    quota message = quota(100, std::chrono::seconds(1));
    quota connection = quota(10, std::chrono::seconds(1));
    quota tool_call = quota(50, std::chrono::seconds(1));
    quota subscription = quota(20, std::chrono::seconds(1));

    // ---- all clients and classes together
    quota all = quota(10'000, std::chrono::seconds(1));
    /// The part of `all` that is kept for urgent traffic, 0 ... 1.
    double kept_for_urgent = 0.05;
    /// The part that background traffic leaves to the others, `kept_for_urgent` ... 1.
    double kept_from_background = 0.25;

    /// For each class: clients that are remembered, and when they are banned, which is after 100
    /// violations and for 300 s. (`all` in there is not used.)
    keyed_options clients;

    [[nodiscard]] const quota& of(traffic kind) const noexcept {
        switch (kind) {
            case traffic::connection:
                return connection;
            case traffic::tool_call:
                return tool_call;
            case traffic::subscription:
                return subscription;
            case traffic::message:
                break;
        }
        return message;
    }
};

}  // namespace weir::rate
