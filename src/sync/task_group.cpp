// SPDX-License-Identifier: Apache-2.0
#include <weir/sync/task_group.hpp>

namespace weir {

void task_group::request_stop() noexcept {
    scope_.request_stop();
    // Spawners that wait for room stand outside of the group's scope.
    while (!room_.empty()) room_.front().request_stop();
}

void task_group::release_slot() noexcept {
    if (room_.wake_one()) return;  // the slot is now that spawner's
    if (--in_flight_ == 0 && joiner_ != nullptr) std::exchange(joiner_, nullptr)->wake();
}

void task_group::note_error(std::error_code error) {
    if (is_stopped() && weir::is_stopped(error)) {
        children_stopped_ = true;
        return;
    }
    if (!first_error_) first_error_ = error;
    if (policy_ == on_error::collect_all) {
        errors_.push_back(error);
    } else {
        request_stop();
    }
}

void task_group::note_exception(std::exception_ptr exception) noexcept {
    if (!exception_) exception_ = std::move(exception);
    if (policy_ == on_error::stop_rest) request_stop();
}

result<void> task_group::outcome(bool owner_stopped) {
    if (exception_) std::rethrow_exception(std::exchange(exception_, nullptr));
    if (first_error_) return fail(std::exchange(first_error_, {}));
    if (owner_stopped && children_stopped_) return fail(std::errc::operation_canceled);
    return {};
}

}  // namespace weir
