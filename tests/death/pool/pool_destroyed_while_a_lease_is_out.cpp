// expect: a pool was destroyed while a lease is out
// SPDX-License-Identifier: Apache-2.0
#include <weir/io/run.hpp>
#include <weir/pool/pool.hpp>

#include <memory>

weir::task<weir::result<int>> open() { co_return 1; }

weir::task<> lose() {
    auto numbers = std::make_unique<weir::pool<int>>(co_await weir::this_task(), &open);
    const auto lease = co_await numbers->acquire();
    numbers.reset();
}

int main() { weir::run(lose()); }
