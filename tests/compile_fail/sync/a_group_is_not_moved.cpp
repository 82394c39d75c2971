// expect: no matching conversion|deleted
// SPDX-License-Identifier: Apache-2.0
#include <weir/sync/task_group.hpp>

#include <utility>

weir::task_group take(weir::task_group&& group) { return weir::task_group(std::move(group)); }
