// expect: deeply_immutable
// SPDX-License-Identifier: Apache-2.0
#include <weir/state/state.hpp>

#include <vector>

struct basket {
    int owner = 0;
    std::vector<int> items;
};

int main() { const weir::state<basket> first(basket{}); }
