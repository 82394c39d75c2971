// expect: an element was linked into two lists at once
// SPDX-License-Identifier: Apache-2.0
#include <weir/base/intrusive_list.hpp>

struct item : weir::list_node {};

int main() {
    item element;
    weir::intrusive_list<item> one;
    weir::intrusive_list<item> two;
    one.push_back(element);
    two.push_back(element);
}
