// SPDX-License-Identifier: Apache-2.0
#include <weir/io/operation.hpp>
#include <weir/io/reactor.hpp>

#include <cerrno>

namespace weir {

void operation::start() noexcept {
    WEIR_ASSERT(!is_active(), "an operation was started while it is in flight");
    reactor::current().submit(*this);
}

void operation::cancel() noexcept {
    if (is_active() && state_ != state::stopping) reactor::current().cancel(*this);
}

bool single_operation::begin(detail::promise_base& promise) noexcept {
    if (promise.ambient().is_stopped()) {
        result_ = -ECANCELED;
        set_state(state::done);
        return false;
    }
    suspend(promise);
    start();
    return true;
}

void single_operation::complete(int result, std::uint32_t, bool) noexcept {
    result_ = result;
    wake();
}

}  // namespace weir
