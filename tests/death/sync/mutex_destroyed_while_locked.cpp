// expect: a mutex was destroyed while it is locked
// SPDX-License-Identifier: Apache-2.0
#include <weir/sync/mutex.hpp>

int main() {
    weir::mutex mutex;
    static_cast<void>(mutex.try_lock());
}
