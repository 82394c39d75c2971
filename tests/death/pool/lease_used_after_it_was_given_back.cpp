// expect: a lease was used after it was given back
// SPDX-License-Identifier: Apache-2.0
#include <weir/io/run.hpp>
#include <weir/pool/pool.hpp>

weir::task<weir::result<int>> open() { co_return 1; }

weir::task<int> use_twice() {
    weir::pool<int> numbers(co_await weir::this_task(), &open);
    auto lease = co_await numbers.acquire();
    lease->release();
    co_return **lease;
}

int main() { weir::run(use_twice()); }
