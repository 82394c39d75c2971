// expect: a bounded_map needs a bound of at least 1
// SPDX-License-Identifier: Apache-2.0
#include <weir/eviction/bounded_map.hpp>
#include <weir/eviction/lru.hpp>

int main() {
    weir::bounded_map<int, int, weir::lru> map(10);
    map.resize(0);
}
