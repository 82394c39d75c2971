// expect: deleted
// SPDX-License-Identifier: Apache-2.0
#include <weir/base/intrusive_list.hpp>

struct item : weir::list_node {};

item copy_of(const item& original) { return original; }
