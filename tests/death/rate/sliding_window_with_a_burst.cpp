// expect: a sliding window has no burst of its own
// SPDX-License-Identifier: Apache-2.0
#include <weir/rate/sliding_window.hpp>

int main() {
    using namespace std::chrono_literals;
    const weir::rate::sliding_window window(weir::rate::quota(10, 1s, 5), {});
}
