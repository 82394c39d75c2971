// expect: a slot_index does not hold what is to be erased
// SPDX-License-Identifier: Apache-2.0
#include <weir/eviction/slot_index.hpp>

int main() {
    weir::slot_index index;
    for (std::uint32_t slot = 0; slot < 6; ++slot) index.insert(5, slot);
    index.erase(5, 6);
}
