// SPDX-License-Identifier: Apache-2.0
#include <weir/resilience/circuit_breaker.hpp>

#include <weir/base/assert.hpp>

namespace weir::resilience {

circuit_breaker::circuit_breaker(circuit_options options)
    : options_(std::move(options)), window_(options_.window) {
    WEIR_ASSERT(options_.max_failures > 0, "a circuit opens after at least one failure");
    WEIR_ASSERT(options_.successes_to_close > 0, "a circuit closes after at least one success");
}

circuit_state circuit_breaker::state(time_point now) const noexcept {
    if (forced_ == forced::open) return circuit_state::open;
    if (forced_ == forced::closed || !is_open_) return circuit_state::closed;
    return now - opened_at_ < options_.open_for ? circuit_state::open : circuit_state::half_open;
}

std::chrono::nanoseconds circuit_breaker::retry_after(time_point now) const noexcept {
    if (forced_ == forced::open) return std::chrono::nanoseconds::max();
    if (state(now) != circuit_state::open) return std::chrono::nanoseconds::zero();
    return opened_at_ + options_.open_for - now;
}

std::optional<circuit_breaker::permit> circuit_breaker::try_begin(time_point now) {
    const circuit_state at = state(now);
    if (at == circuit_state::closed) return permit(epoch_);
    // As many as could close it: the service may still be down.
    if (at == circuit_state::half_open &&
        probes_ + successes_in_a_row_ < options_.successes_to_close) {
        ++probes_;
        return permit(epoch_);
    }
    ++counted_.refused;
    return std::nullopt;
}

void circuit_breaker::succeeded(permit call) {
    ++counted_.successes;
    if (call.epoch_ != epoch_) return;
    if (!is_open_) {
        failures_in_a_row_ = 0;
        return note_in_window(false);
    }
    --probes_;
    if (++successes_in_a_row_ >= options_.successes_to_close) begin_epoch(false);
}

void circuit_breaker::failed(permit call, time_point now) {
    ++counted_.failures;
    if (call.epoch_ != epoch_) return;
    if (!is_open_) {
        ++failures_in_a_row_;
        note_in_window(true);
        if (failures_in_a_row_ < options_.max_failures && !has_failed_too_often()) return;
    }
    begin_epoch(true);
    opened_at_ = now;
    ++counted_.opened;
}

void circuit_breaker::abandoned(permit call) noexcept {
    if (call.epoch_ == epoch_ && is_open_) --probes_;
}

void circuit_breaker::reset() noexcept {
    forced_ = forced::no;
    begin_epoch(false);
}

void circuit_breaker::begin_epoch(bool is_open) noexcept {
    ++epoch_;
    is_open_ = is_open;
    failures_in_a_row_ = 0;
    successes_in_a_row_ = 0;
    probes_ = 0;
    seen_ = 0;
    failed_in_window_ = 0;
}

void circuit_breaker::note_in_window(bool failed) {
    if (window_.empty()) return;
    if (seen_ < window_.size()) {
        ++seen_;
    } else if (window_[newest_]) {
        --failed_in_window_;
    }
    window_[newest_] = failed;
    if (failed) ++failed_in_window_;
    newest_ = newest_ + 1 == window_.size() ? 0 : newest_ + 1;
}

bool circuit_breaker::has_failed_too_often() const noexcept {
    if (window_.empty() || seen_ < window_.size()) return false;
    const auto all = static_cast<double>(window_.size());
    return static_cast<double>(failed_in_window_) >= options_.max_failure_share * all;
}

void circuit_breaker::report::note(std::error_code error) {
    is_told_ = true;
    if (is_stopped(error)) return breaker_.abandoned(call_);
    const auto& is_failure = breaker_.options_.is_failure;
    if (error && (!is_failure || is_failure(error))) {
        return breaker_.failed(call_, reactor::current().now());
    }
    breaker_.succeeded(call_);
}

}  // namespace weir::resilience
