// SPDX-License-Identifier: Apache-2.0
// Work on a list or a stream, so many at a time: results in order, or each handled for itself.
#include <weir/io/run.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/map_concurrently.hpp>

#include <chrono>
#include <cstdio>
#include <numeric>
#include <vector>

using namespace std::chrono_literals;

weir::task<weir::result<int>> square(int number) {
    co_await weir::ok(weir::sleep_for(1ms));
    co_return number* number;
}

/// A stream makes its values on demand and may wait for them.
weir::stream<int> readings(int count) {
    for (int i = 1; i <= count; ++i) {
        co_await weir::ok(weir::sleep_for(100us));
        co_yield i;
    }
}

weir::task<weir::result<void>> add_to(int& sum, int reading) {
    co_await weir::ok(weir::sleep_for(1ms));
    sum += reading;
    co_return weir::result<void>();
}

weir::task<int> process() {
    std::vector<int> numbers(100);
    std::iota(numbers.begin(), numbers.end(), 1);
    const auto squares = co_await weir::map_concurrently(numbers, 10, &square);
    if (!squares) co_return 1;
    std::printf("the last of %zu squares is %d\n", squares->size(), squares->back());

    int sum = 0;
    const auto handle = [&sum](int reading) { return add_to(sum, reading); };
    const auto handled = co_await weir::for_each_concurrent(readings(100), 8, handle);
    std::printf("the readings add up to %d\n", sum);
    co_return handled&& sum == 5050 && squares->back() == 10'000 ? 0 : 1;
}

int main() { return weir::run(process()); }
