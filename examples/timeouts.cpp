// SPDX-License-Identifier: Apache-2.0
// Time limits stand around work, not in its parameters; they nest, and clean-up has its own.
#include <weir/coro/ok.hpp>
#include <weir/io/run.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

/// Knows nothing of limits: it ends with an error when its scope is stopped.
weir::task<weir::result<int>> slow_answer(std::chrono::milliseconds needs) {
    co_await weir::ok(weir::sleep_for(needs));
    co_return 42;
}

weir::task<weir::result<int>> two_answers() {
    // The nearest limit counts: this one ends the first question only.
    const weir::result<int> first = co_await weir::with_timeout(10ms, slow_answer(1s));
    std::printf("first: %s\n", first ? "an answer" : first.error().message().c_str());
    co_return co_await slow_answer(20ms);
}

weir::task<int> ask() {
    const weir::result<int> second = co_await weir::with_timeout(500ms, two_answers());
    std::printf("second: %d\n", second.value_or(0));

    const weir::result<int> hurried = co_await weir::with_timeout(5ms, two_answers());
    std::printf("in a hurry: %s\n", hurried ? "an answer" : hurried.error().message().c_str());

    // Not reached by a stop of the caller, but limited all the same.
    const weir::result<int> tidied = co_await weir::shield(slow_answer(5ms), 100ms);
    std::printf("tidied up: %d\n", tidied.value_or(0));
    co_return second.value_or(0) == 42 && !hurried ? 0 : 1;
}

int main() { return weir::run(ask()); }
