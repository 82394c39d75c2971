// expect: deeply_immutable
// SPDX-License-Identifier: Apache-2.0
#include <weir/state/state.hpp>

struct edge {
    int* target = nullptr;
};

int main() { const weir::state<edge> first(edge{}); }
