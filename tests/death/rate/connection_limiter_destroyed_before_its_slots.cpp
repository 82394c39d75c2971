// expect: a connection limiter was destroyed before the slots that it gave
// SPDX-License-Identifier: Apache-2.0
#include <weir/rate/connection_limiter.hpp>

#include <memory>

int main() {
    auto limiter = std::make_unique<weir::rate::connection_limiter>();
    const auto slot = limiter->try_admit(weir::net::endpoint::loopback(1), {});
    limiter.reset();
}
