// expect: result::error\(\) was called on a result that holds a value
// SPDX-License-Identifier: Apache-2.0
#include <weir/base/result.hpp>

int main() {
    const weir::result<int> parsed = 1;
    return parsed.error().value();
}
