// expect: nodiscard|ignoring return
// SPDX-License-Identifier: Apache-2.0
#include <weir/sync/task_group.hpp>

weir::task<> work();

void caller(weir::task_group& group) { group.spawn(work); }
