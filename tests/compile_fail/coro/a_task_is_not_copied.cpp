// expect: deleted
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/task.hpp>

weir::task<> copy_of(const weir::task<>& task) { return task; }
