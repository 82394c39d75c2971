// expect: two_names_are_equal
// SPDX-License-Identifier: Apache-2.0
#include <weir/base/name_table.hpp>

int main() {
    constexpr weir::name_table words(weir::named("on", 1), weir::named("off", 0),
                                     weir::named("on", 2));
    return words.find("on").value_or(0);
}
