// SPDX-License-Identifier: Apache-2.0
#include <weir/resilience/load_shedder.hpp>

#include <weir/base/assert.hpp>

namespace weir::resilience {

load_shedder::load_shedder(const shedder_options& options)
    : options_(options), delay_(options.delay) {
    WEIR_ASSERT(options.max_in_flight > 0, "a load shedder lets at least one call be under way");
}

double load_shedder::utilisation() const noexcept {
    return static_cast<double>(in_flight_) / static_cast<double>(options_.max_in_flight);
}

load_shedder::verdict load_shedder::judge(priority urgency) const noexcept {
    if (urgency == priority::background && utilisation() >= options_.threshold) {
        return verdict::refused;
    }
    if (in_flight_ < options_.max_in_flight) return verdict::begins;
    return waiting_ < options_.max_waiting ? verdict::waits : verdict::refused;
}

load_shedder::enter_awaiter* load_shedder::first() noexcept {
    for (wait_queue& line : lines_) {
        if (!line.empty()) return &static_cast<enter_awaiter&>(line.front());
    }
    return nullptr;
}

void load_shedder::serve() noexcept {
    while (in_flight_ < options_.max_in_flight && waiting_ > 0) first()->serve();
}

void load_shedder::left() noexcept {
    if (--waiting_ == 0) delay_.emptied(reactor::current().now());
}

bool load_shedder::enter_awaiter::needs_to_wait() noexcept {
    const verdict judged = owner_.judge(urgency_);
    has_place_ = judged == verdict::begins;
    if (has_place_) ++owner_.in_flight_;
    if (judged == verdict::refused) ++owner_.refused_;
    return judged == verdict::waits;
}

bool load_shedder::enter_awaiter::stand_in(weir::detail::promise_base& promise) noexcept {
    if (!join(owner_.lines_[static_cast<std::size_t>(urgency_)], promise)) return false;
    ++owner_.waiting_;
    const auto now = reactor::current().now();
    owner_.delay_.joined(now);
    reactor::current().timers().arm(*this, now + owner_.delay_.max_wait(now));
    return true;
}

void load_shedder::enter_awaiter::serve() noexcept {
    const auto now = reactor::current().now();
    // One that came before the line stood was promised more time than there is now.
    has_place_ = now - since() <= owner_.delay_.max_wait(now);
    ++(has_place_ ? owner_.in_flight_ : owner_.refused_);
    reactor::current().timers().disarm(*this);
    owner_.lines_[static_cast<std::size_t>(urgency_)].wake_one();
    owner_.left();
}

void load_shedder::enter_awaiter::left_line() noexcept {
    reactor::current().timers().disarm(*this);
    owner_.left();
}

void load_shedder::enter_awaiter::expired() noexcept {
    wait_queue::waiter::unlink();
    ++owner_.refused_;
    owner_.left();
    wake();
}

}  // namespace weir::resilience
