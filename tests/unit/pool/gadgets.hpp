// SPDX-License-Identifier: Apache-2.0
// gadgets: resources that count themselves, and a factory of them that does what a test tells it.
#pragma once

#include "co_test.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/pool/pool.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <set>
#include <stdexcept>
#include <utility>

namespace weir::test {

/// Where gadgets come from: what it does next, and what has become of them.
class workshop {
public:
    std::chrono::nanoseconds open_takes = std::chrono::milliseconds(10);
    std::chrono::nanoseconds validation_takes = std::chrono::milliseconds(1);
    std::chrono::nanoseconds close_takes{0};
    bool is_down = false;
    bool throws = false;
    std::set<int> broken;       // numbers of those that fail their validation
    std::set<int> out_of_step;  // of those with a reply under way

    int attempts = 0;
    int opened = 0;  // and numbered in this order, from 1 on
    int validated = 0;
    int closed_in_order = 0;
    int alive = 0;
    int most_alive = 0;
    int opening = 0;
    int most_opening = 0;
};

/// A resource that knows its number.
class gadget {
public:
    explicit gadget(workshop& from) : from_(&from), number_(++from.opened) {
        from.most_alive = std::max(from.most_alive, ++from.alive);
    }
    gadget(gadget&& other) noexcept
        : from_(std::exchange(other.from_, nullptr)), number_(other.number_) {}
    gadget& operator=(gadget&&) = delete;
    ~gadget() {
        if (from_ != nullptr) --from_->alive;
    }
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    workshop* from_;
    int number_;
};

/// The least that a factory can do.
class plain_factory {
public:
    explicit plain_factory(workshop& at) noexcept : at_(&at) {}

    [[nodiscard]] task<result<gadget>> open() {
        workshop& at = *at_;
        ++at.attempts;
        at.most_opening = std::max(at.most_opening, ++at.opening);
        const auto slept = co_await sleep_for(at.open_takes);
        --at.opening;
        if (!slept) co_return fail(slept.error());
        if (at.throws) throw std::logic_error("out of order");
        if (at.is_down) co_return fail(std::errc::connection_refused);
        co_return gadget(at);
    }

protected:
    workshop* at_;
};

/// One that validates and closes, too.
class careful_factory : public plain_factory {
public:
    using plain_factory::plain_factory;

    [[nodiscard]] task<bool> validate(gadget& one) {
        ++at_->validated;
        const auto slept = co_await sleep_for(at_->validation_takes);
        co_return slept && !at_->broken.contains(one.number());
    }
    [[nodiscard]] task<> close(gadget) {
        static_cast<void>(co_await sleep_for(at_->close_takes));
        ++at_->closed_in_order;
    }
};

using gadget_pool = pool<gadget>;

/// Nothing is opened that nobody asked for.
[[nodiscard]] inline pool_options room_for(std::size_t max) {
    pool_options options(0, max);
    options.lifetime_jitter = 0;
    return options;
}

/// Borrows one for `time`; gives its number, or 0.
inline task<int> use(gadget_pool& from, std::chrono::nanoseconds time) {
    auto lease = co_await from.acquire();
    if (!lease) co_return 0;
    const int number = (*lease)->number();
    static_cast<void>(co_await sleep_for(time));
    co_return number;
}
inline task<> use_and_forget(gadget_pool& from, std::chrono::nanoseconds time) {
    static_cast<void>(co_await use(from, time));
}
/// The error of an acquire that waits for `patience` at the most.
inline task<std::error_code> refused_within(std::chrono::nanoseconds patience, gadget_pool& from) {
    const auto lease = co_await with_timeout(patience, from.acquire());
    co_return lease ? std::error_code() : lease.error();
}

}  // namespace weir::test
