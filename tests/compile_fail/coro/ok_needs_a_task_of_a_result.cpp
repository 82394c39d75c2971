// expect: ok\(\) needs a task of a result
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/ok.hpp>

weir::task<weir::result<int>> answer();

weir::task<int> ask() { co_return co_await weir::ok(answer()); }
