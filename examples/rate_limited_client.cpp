// SPDX-License-Identifier: Apache-2.0
// A client that behaves: no more calls a second than it was allowed, another attempt where one
// failed by chance, and none at all while the service is down.
#include <weir/io/run.hpp>
#include <weir/io/sleep.hpp>
#include <weir/rate/rate_limiter.hpp>
#include <weir/resilience/circuit_breaker.hpp>
#include <weir/resilience/retry.hpp>
#include <weir/sync/map_concurrently.hpp>

#include <chrono>
#include <cstdio>
#include <numeric>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::rate;
using namespace weir::resilience;

/// Stands for a service that fails each seventh time, and always once it is down.
class service {
public:
    weir::task<weir::result<int>> answer(int question) {
        co_await weir::ok(weir::sleep_for(1ms));
        if (is_down || ++calls_ % 7 == 0) co_return weir::fail(std::errc::connection_refused);
        co_return question * 2;
    }
    bool is_down = false;

private:
    int calls_ = 0;
};

class client {
public:
    explicit client(service& backend) : backend_(backend) {}

    weir::task<weir::result<int>> ask(int question) {
        const auto once = [this, question] { return ask_once(question); };
        const retry_options patient(backoff_policy::exponential(1ms, 50ms).spread(0.5, 1.0));
        co_return co_await retry(patient, once);
    }
    /// One attempt, if the rate and the state of the service allow it.
    weir::task<weir::result<int>> ask_once(int question) {
        co_await weir::ok(rate_.acquire());
        const auto call = [this, question] { return backend_.answer(question); };
        co_return co_await breaker_.call(call);
    }

private:
    service& backend_;
    rate_limiter<> rate_{quota(1000, 1s, 20)};
    circuit_breaker breaker_;
};

weir::task<int> ask_all() {
    service backend;
    client patient(backend);
    std::vector<int> questions(100);
    std::iota(questions.begin(), questions.end(), 0);
    const auto ask = [&patient](int question) { return patient.ask(question); };
    const auto answers = co_await weir::map_concurrently(questions, 10, ask);
    if (!answers) co_return 1;
    std::printf("%zu answers, the last is %d\n", answers->size(), answers->back());

    backend.is_down = true;
    std::error_code why;
    for (int i = 0; i < 10; ++i) {
        const auto refused = co_await patient.ask_once(i);
        if (!refused) why = refused.error();
    }
    std::printf("and while it is down: %s\n", why.message().c_str());
    co_return answers->back() == 198 && why == weir::refusal::circuit_open ? 0 : 1;
}

int main() { return weir::run(ask_all()); }
