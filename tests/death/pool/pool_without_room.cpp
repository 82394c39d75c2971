// expect: a pool has room for one or more
// SPDX-License-Identifier: Apache-2.0
#include <weir/pool/pool_state.hpp>

int main() { weir::pool_state state(weir::pool_options(0, 0), false); }
