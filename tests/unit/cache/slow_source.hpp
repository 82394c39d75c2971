// SPDX-License-Identifier: Apache-2.0
// slow_source: what the caches of these tests load from.
#pragma once

#include <weir/base/error.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/io/sleep.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>

namespace weir::test {

/// Loads that take a second: "7" for 7 at first, "7'" the second time; none for negative keys.
class slow_source {
public:
    task<result<std::string>> load(const int& key) {
        const auto loads_before = static_cast<std::size_t>(begun++);
        ++in_flight;
        max_in_flight = std::max(max_in_flight, in_flight);
        const auto slept = co_await weir::sleep_for(takes);
        --in_flight;
        if (!slept) co_return weir::fail(slept.error());
        if (is_down) co_return weir::fail(std::errc::connection_refused);
        if (key < 0) co_return weir::fail(std::errc::no_such_file_or_directory);
        co_return std::to_string(key) + std::string(loads_before, '\'');
    }
    auto function() {
        return [this](const int& key) { return load(key); };
    }
    std::chrono::nanoseconds takes = std::chrono::seconds(1);
    int begun = 0;
    int in_flight = 0;
    int max_in_flight = 0;
    bool is_down = false;
};

}  // namespace weir::test
