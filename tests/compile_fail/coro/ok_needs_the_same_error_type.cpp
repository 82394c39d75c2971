// expect: ok\(\) needs a task of a result
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/ok.hpp>

class other_error {};

weir::task<weir::result<int>> answer();

weir::task<weir::result<int, other_error>> ask() { co_return co_await weir::ok(answer()); }
