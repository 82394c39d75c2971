// expect: an empty slot_index has nothing to erase
// SPDX-License-Identifier: Apache-2.0
#include <weir/eviction/slot_index.hpp>

int main() {
    weir::slot_index index;
    index.erase(5, 6);
}
