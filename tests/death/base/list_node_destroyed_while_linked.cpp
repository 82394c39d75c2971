// expect: an element was destroyed while linked in a list
// SPDX-License-Identifier: Apache-2.0
#include <weir/base/intrusive_list.hpp>

struct item : weir::list_node {};

int main() {
    weir::intrusive_list<item> list;
    item element;
    list.push_back(element);
}
