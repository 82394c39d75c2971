// expect: co_await|await_ready
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/task.hpp>

weir::task<int> answer();

weir::task<> ask() {
    weir::task<int> task = answer();
    static_cast<void>(co_await task);
}
