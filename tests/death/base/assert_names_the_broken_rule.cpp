// expect: (?s)the sky is blue.*broken: sky == 7.*assert_names_the_broken_rule\.cpp:\d+
// SPDX-License-Identifier: Apache-2.0
#include <weir/base/assert.hpp>

int main(int count, char**) {
    const int sky = count;
    WEIR_ASSERT(sky == 7, "the sky is blue");
}
