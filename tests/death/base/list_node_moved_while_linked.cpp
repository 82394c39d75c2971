// expect: an element was moved while linked in a list
// SPDX-License-Identifier: Apache-2.0
#include <weir/base/intrusive_list.hpp>

#include <utility>

struct item : weir::list_node {};

int main() {
    weir::intrusive_list<item> list;
    item element;
    list.push_back(element);
    const item moved(std::move(element));
}
