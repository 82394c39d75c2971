// SPDX-License-Identifier: Apache-2.0
// Two services, the second of which needs the first. Whatever fails is started again with those
// behind it; too many failures end both, the second first.
#include <weir/flow/supervisor.hpp>
#include <weir/io/run.hpp>
#include <weir/io/sleep.hpp>

#include <chrono>
#include <cstdio>
#include <stdexcept>

using namespace std::chrono_literals;
using weir::flow::child_spec;

weir::task<weir::result<void>> serve_database() {
    std::puts("database: up");
    const auto slept = co_await weir::sleep_for(20ms);
    if (!slept) std::puts("database: stopped");
    if (!slept) co_return weir::fail(slept.error());
    throw std::runtime_error("the disk is full");
}

weir::task<weir::result<void>> serve_web() {
    std::puts("web: up");
    const auto slept = co_await weir::sleep_for(1h);
    std::puts("web: stopped");
    co_return slept;
}

weir::task<int> serve() {
    weir::flow::supervision_rules rules;
    rules.strategy = weir::flow::restart_strategy::rest_for_one;
    weir::flow::supervisor services(rules);
    services.add(child_spec("database", &serve_database)
                     .backs_off(weir::resilience::backoff_policy::exponential(1ms, 1s)));
    services.add(child_spec("web", &serve_web).stops_within(1s));
    const auto outcome = co_await services.run();
    if (outcome || !services.last_end()) co_return 1;
    std::printf("given up: %s\n", services.last_end()->to_text().c_str());
    co_return outcome.error() == weir::flow::errc::too_many_restarts ? 0 : 1;
}

int main() { return weir::run(serve()); }
