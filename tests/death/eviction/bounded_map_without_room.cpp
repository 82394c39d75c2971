// expect: a bounded_map needs a bound of at least 1
// SPDX-License-Identifier: Apache-2.0
#include <weir/eviction/bounded_map.hpp>

int main(int count, char**) {
    const weir::bounded_map<int, int> none(static_cast<std::uint64_t>(count) - 1);
}
