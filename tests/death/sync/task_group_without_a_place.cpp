// expect: max_in_flight of at least 1
// SPDX-License-Identifier: Apache-2.0
#include <weir/sync/task_group.hpp>

int main() {
    weir::scope root;
    weir::task_group group(root, 0);
}
