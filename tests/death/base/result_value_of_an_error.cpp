// expect: the value of a result that holds an error was read
// SPDX-License-Identifier: Apache-2.0
#include <weir/base/result.hpp>

int main() {
    const weir::result<int> parsed = weir::fail(std::errc::timed_out);
    return *parsed;
}
