// SPDX-License-Identifier: Apache-2.0
// An exchange in small: a gateway shard hands orders to a matcher shard, each bound to a processor
// of its own. First as fast as they go, then at a steady rate, for which latency is shown: from the
// moment at which the gateway has an order until it is matched.
//
//   order_matcher [orders] [orders a second]
#include "hand_off.hpp"
#include "matcher.hpp"

#include <weir/base/random.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/runtime.hpp>
#include <weir/io/sleep.hpp>
#include <weir/metrics/histogram.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace matching;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr std::uint16_t symbols = 4;
constexpr ticks price_levels = 1024;
constexpr std::size_t max_orders = 65'536;         // that wait in a book
constexpr std::size_t max_remembered = 1'000'000;  // orders whose place is known at once
constexpr std::size_t ring_size = 4096;
constexpr std::uint32_t most_in_an_order = 100;

/// Orders as they might come: around a price that goes up and down; a third are taken back.
class market {
public:
    void fill_in(request& next) {
        const bool is_cancel = last_ > recent && chance_.below(3) == 0;
        next.what = is_cancel ? request::kind::cancel : request::kind::place;
        next.id = is_cancel ? one_of_before() : ++last_;
        next.symbol = static_cast<std::uint16_t>(next.id % symbols);
        next.came = clock_type::now();
        next.way = chance_.below(2) == 0 ? side::buy : side::sell;
        next.quantity = 1 + static_cast<std::uint32_t>(chance_.below(most_in_an_order));
        const auto away = static_cast<ticks>(chance_.below(30) + chance_.below(30));
        next.limit = next.way == side::buy ? price() + 20 - away : price() - 20 + away;
    }

private:
    static constexpr order_id recent = 10'000;

    [[nodiscard]] ticks price() const {
        constexpr ticks low = 100;
        constexpr ticks range = price_levels - 2 * low;
        const auto moved = static_cast<ticks>(last_ / 1000 % (2 * range));
        return low + std::min(moved, 2 * range - moved);
    }
    /// Very seldom one of the first, which are forgotten at last.
    order_id one_of_before() {
        return chance_.below(100'000) == 0 ? 1 + chance_.below(recent)
                                           : last_ - chance_.below(recent);
    }

    weir::random chance_{39};
    order_id last_ = 0;
};

/// Two shards and what they share.
class exchange {
public:
    explicit exchange(weir::shard& matcher_shard, std::uint64_t orders, std::uint64_t rate)
        : ring_(ring_size, matcher_shard), orders_(orders), rate_(rate) {}

    weir::task<weir::result<void>> serve(weir::shard& here) {
        return here.index() == 0 ? run_gateway() : run_matcher();
    }
    /// Prints what was seen; returns whether all adds up.
    [[nodiscard]] bool report() const;

private:
    weir::task<weir::result<void>> run_gateway();
    weir::task<weir::result<void>> hand_over(market& from, std::uint64_t orders);
    weir::task<weir::result<void>> run_matcher();
    void note(const request& done, clock_type::time_point now);

    hand_off<request> ring_;
    std::uint64_t orders_;
    std::uint64_t rate_;
    // The matcher's.
    matcher matcher_{symbols, price_levels, max_orders, max_remembered};
    weir::metrics::histogram latency_;
    std::uint64_t handled_ = 0;
    clock_type::time_point first_;
    std::chrono::duration<double> flat_out_{0};
};

weir::task<weir::result<void>> exchange::hand_over(market& from, std::uint64_t orders) {
    for (; orders > 0; --orders) {
        request* place = ring_.claim();
        while (place == nullptr) {  // the matcher is behind: the market waits
            co_await weir::ok(weir::sleep_for(0ns));
            place = ring_.claim();
        }
        from.fill_in(*place);
        ring_.publish();
        if (orders % ring_size == 0) co_await weir::ok(weir::sleep_for(0ns));
    }
    co_return weir::result<void>();
}

weir::task<weir::result<void>> exchange::run_gateway() {
    market source;
    co_await weir::ok(hand_over(source, orders_));
    co_await weir::ok(weir::sleep_for(20ms));  // until the ring is empty
    constexpr std::chrono::microseconds between(100);
    const std::uint64_t at_once = std::max<std::uint64_t>(1, rate_ * between / 1s);
    auto next = clock_type::now();
    for (std::uint64_t sent = 0; sent < rate_; sent += at_once) {
        co_await weir::ok(weir::sleep_until(next += between));
        co_await weir::ok(hand_over(source, at_once));
    }
    ring_.close();
    co_return weir::result<void>();
}

weir::task<weir::result<void>> exchange::run_matcher() {
    constexpr auto turn = 1ms;  // so often the loop of the shard gets to look around
    auto turn_ends = clock_type::now() + turn;
    for (;;) {
        const bool has_more = co_await weir::ok(ring_.wait());
        if (!has_more) co_return weir::result<void>();
        while (const request* next = ring_.front()) {
            matcher_.handle(*next);
            const auto now = clock_type::now();
            note(*next, now);
            ring_.pop();
            if (now < turn_ends) continue;
            co_await weir::ok(weir::sleep_for(0ns));
            turn_ends = now + turn;
        }
    }
}

void exchange::note(const request& done, clock_type::time_point now) {
    if (++handled_ == 1) first_ = now;
    if (handled_ == orders_) flat_out_ = now - first_;
    if (handled_ > orders_) latency_.record(now - done.came);
}

bool exchange::report() const {
    const auto us = [this](double share) { return double(latency_.quantile(share)) / 1000; };
    const quantities& all = matcher_.totals();
    std::printf("%.2f million requests a second, flat out\n",
                double(orders_) / flat_out_.count() / 1e6);
    std::printf("latency at %llu a second: p50 %.2f us, p99 %.2f us, p99.9 %.2f us, max %.2f us\n",
                static_cast<unsigned long long>(rate_), us(0.5), us(0.99), us(0.999), us(1));
    std::printf("%zu orders are remembered, in %.1f MB; %llu cancels were fast, %llu slow\n",
                matcher_.remembered(), double(matcher_.memory_bytes()) / 1e6,
                static_cast<unsigned long long>(matcher_.fast_cancels()),
                static_cast<unsigned long long>(matcher_.slow_cancels()));
    std::printf("traded %llu, waiting %llu, refused %llu; the books are %s\n",
                static_cast<unsigned long long>(all.traded),
                static_cast<unsigned long long>(matcher_.resting()),
                static_cast<unsigned long long>(all.refused),
                matcher_.is_uncrossed() ? "uncrossed" : "CROSSED");
    return matcher_.is_uncrossed() && all.add_up(matcher_.resting()) && all.traded > 0;
}

std::uint64_t number(int argc, char** argv, int at, std::uint64_t otherwise) {
    const long long given = argc > at ? std::atoll(argv[at]) : 0;
    return given > 0 ? static_cast<std::uint64_t>(given) : otherwise;
}

}  // namespace

int main(int argc, char** argv) {
    weir::runtime_options options;
    options.shards = 2;
    options.pin = weir::usable_processors() >= options.shards;
    weir::runtime runtime(options);
    if (!runtime.start()) return 1;
    exchange all(runtime.at(1), number(argc, argv, 1, 3'000'000), number(argc, argv, 2, 100'000));
    const auto ended = runtime.run([&all](weir::shard& here) { return all.serve(here); });
    return ended && all.report() ? 0 : 1;
}
