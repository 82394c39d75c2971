// expect: deleted
// SPDX-License-Identifier: Apache-2.0
#include <weir/eviction/bounded_map.hpp>

int main() {
    weir::bounded_map<int, int> map(10);
    auto copy = map;
}
