// expect: an object_pool was destroyed while a handle is out
// SPDX-License-Identifier: Apache-2.0
#include <weir/pool/object_pool.hpp>

#include <memory>

int main() {
    auto numbers = std::make_unique<weir::object_pool<int>>(1);
    // Never destroyed: g++ sees that it would give back to a pool that is gone.
    static_cast<void>(new auto(numbers->try_acquire()));
    numbers.reset();
}
