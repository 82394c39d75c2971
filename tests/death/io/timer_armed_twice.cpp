// expect: a timer was armed twice
// SPDX-License-Identifier: Apache-2.0
#include <weir/io/timer.hpp>

class alarm final : public weir::timer {
public:
    void expired() noexcept override {}
};

int main() {
    weir::timer_wheel wheel{weir::timer_wheel::time_point()};
    alarm one;
    wheel.arm(one, weir::timer_wheel::time_point());
    wheel.arm(one, weir::timer_wheel::time_point());
}
