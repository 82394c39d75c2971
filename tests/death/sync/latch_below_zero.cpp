// expect: a latch was counted down below zero
// SPDX-License-Identifier: Apache-2.0
#include <weir/sync/latch.hpp>

int main() {
    weir::latch latch(1);
    latch.count_down(2);
}
