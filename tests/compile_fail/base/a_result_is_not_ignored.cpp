// expect: nodiscard|ignoring return
// SPDX-License-Identifier: Apache-2.0
#include <weir/base/result.hpp>

weir::result<int> parse();

void caller() { parse(); }
