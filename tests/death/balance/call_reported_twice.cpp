// expect: the end of a call was reported twice
// SPDX-License-Identifier: Apache-2.0
#include <weir/balance/target_set.hpp>

int main() {
    weir::balance::target_set set({weir::balance::target_options("a")});
    auto call = set.begin(0, {});
    call.succeeded({});
    call.failed({});
}
