// expect: nodiscard|ignoring return
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/task.hpp>

weir::task<> work();

void caller() { work(); }
