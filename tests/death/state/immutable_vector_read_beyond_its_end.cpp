// expect: an immutable_vector has no such element
// SPDX-License-Identifier: Apache-2.0
#include <weir/state/immutable_vector.hpp>

int main() {
    const weir::immutable_vector<int> three{1, 2, 3};
    return three[3];
}
