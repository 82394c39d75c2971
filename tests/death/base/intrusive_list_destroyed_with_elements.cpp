// expect: a list was destroyed while elements are linked in it
// SPDX-License-Identifier: Apache-2.0
#include <weir/base/intrusive_list.hpp>

struct item : weir::list_node {};

int main() {
    item element;
    weir::intrusive_list<item> list;
    list.push_back(element);
}
