// SPDX-License-Identifier: Apache-2.0
// The four together, as one request after the other would use them: look up who serves it, take a
// connection, get its session, hand it on through a channel and take it out again. Counted are the
// operations: five a request.
#include "cases.hpp"

#include <weir/base/random.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/pool/pool.hpp>
#include <weir/registry/registry.hpp>
#include <weir/registry/session_table.hpp>
#include <weir/sync/channel.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace benchmark {
namespace {

using number = std::uint64_t;
constexpr int operations_a_request = 5;
constexpr std::size_t entries = 10'000;
constexpr std::chrono::steady_clock::time_point now{std::chrono::hours(1)};

weir::task<weir::result<number>> open_one() { co_return number{7}; }

/// Everything that a request touches; made once for all measurements.
class service {
public:
    explicit service(weir::task_view owner)
        : connections(owner, open_one, weir::pool_options(5, 20)) {
        weir::registry_batch<number, number> batch;
        for (number i = 0; i < entries; ++i) batch.put(i, i);
        handlers.apply(std::move(batch));
        for (number i = 0; i < entries; ++i) static_cast<void>(sessions.emplace(i, i, now));
    }

    weir::registry<number, number> handlers;
    weir::session_table<number, number> sessions{weir::session_options{}};
    weir::channel<number> queue{1024};
    weir::pool<number> connections;
};

weir::task<double> serve(std::size_t operations) {
    service all(co_await weir::this_task());
    static_cast<void>(co_await all.connections.warm_up(5));
    weir::random chance(1);
    const std::size_t requests = operations / operations_a_request;
    number sum = 0;
    const stopwatch watch;
    for (std::size_t i = 0; i < requests; ++i) {
        const number key = chance.below(entries);
        sum += *all.handlers.find(key);
        const auto lent = co_await all.connections.acquire();
        sum += **lent;
        sum += *all.sessions.find(key, now);
        static_cast<void>(co_await all.queue.send(key));
        const auto got = co_await all.queue.receive();
        sum += *got;
    }
    keep(sum);
    const double each = watch.each(requests * operations_a_request);
    static_cast<void>(co_await all.connections.drain());
    co_return each;
}

}  // namespace

void add_mix(contest& to) {
    const auto add = [&to](const char* topic, std::size_t operations) {
        to.add(topic, "weir", in_task([operations] { return serve(operations); }));
    };
    add("core_ops_1k", 1'000);
    add("core_ops_10k", 10'000);
    add("core_ops_100k", 100'000);
    add("core_ops_1m", 1'000'000);
}

}  // namespace benchmark
