// expect: a mutex was unlocked that is not locked
// SPDX-License-Identifier: Apache-2.0
#include <weir/sync/mutex.hpp>

int main() {
    weir::mutex mutex;
    static_cast<void>(mutex.try_lock());
    mutex.unlock();
    mutex.unlock();
}
