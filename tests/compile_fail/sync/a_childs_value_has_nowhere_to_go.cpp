// expect: is_group_task|no matching
// SPDX-License-Identifier: Apache-2.0
#include <weir/sync/task_group.hpp>

weir::task<int> answer();

void caller(weir::task_group& group) { static_cast<void>(group.spawn(answer)); }
