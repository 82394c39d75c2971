// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/detail/promise.hpp>
#include <weir/coro/detail/run_queue.hpp>

namespace weir::detail {

std::size_t run_queue::run(std::size_t budget) noexcept {
    std::size_t ran = 0;
    for (; head_ != nullptr && ran < budget; ++ran) {
        promise_base& ready = *head_;
        head_ = ready.pointer<promise_base>();
        resume(ready);
    }
    return ran;
}

}  // namespace weir::detail
