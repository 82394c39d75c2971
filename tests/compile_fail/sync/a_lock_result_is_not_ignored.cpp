// expect: nodiscard|ignoring return
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/task.hpp>
#include <weir/sync/mutex.hpp>

weir::task<> enter(weir::mutex& mutex) { co_await mutex.lock(); }
