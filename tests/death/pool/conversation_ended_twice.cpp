// expect: a conversation was ended that had not begun
// SPDX-License-Identifier: Apache-2.0
#include <weir/io/run.hpp>
#include <weir/pool/pool.hpp>

weir::task<weir::result<int>> open() { co_return 1; }

weir::task<> end_twice() {
    weir::pool<int> numbers(co_await weir::this_task(), &open);
    auto lease = co_await numbers.acquire();
    lease->begin_conversation();
    lease->end_conversation();
    lease->end_conversation();
}

int main() { weir::run(end_twice()); }
