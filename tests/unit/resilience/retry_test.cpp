// SPDX-License-Identifier: Apache-2.0
// retry: when there is another attempt, and when there is none.
#include <weir/resilience/retry.hpp>

#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/coro/ok.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <stdexcept>

BOOST_AUTO_TEST_SUITE(retry_test)

namespace {

using namespace std::chrono_literals;
using weir::resilience::backoff_policy;
using weir::resilience::retry;
using weir::resilience::retry_budget;
using weir::resilience::retry_options;
using weir::test::is_about;

/// Fails so many times, and then works.
class service {
public:
    explicit service(int failures, std::errc error = std::errc::connection_refused)
        : failures_left(failures), error_(error) {}

    weir::task<weir::result<int>> call() {
        ++calls;
        co_await weir::ok(weir::sleep_for(1s));
        if (failures_left-- > 0) co_return weir::fail(error_);
        co_return 7;
    }
    auto caller() {
        return [this] { return call(); };
    }
    int calls = 0;
    int failures_left;

private:
    std::errc error_;
};

}  // namespace

CO_TEST(what_fails_is_called_again_after_each_delay) {
    service backend(3);
    const auto begin = weir::reactor::current().now();
    const retry_options options(backoff_policy::exponential(1s, 30s));
    const auto got = co_await retry(options, backend.caller());
    CO_REQUIRE(got.has_value());
    CO_CHECK_EQUAL(*got, 7);
    CO_CHECK_EQUAL(backend.calls, 4);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 4s + 7s));
}

CO_TEST(the_last_error_is_told_when_the_policy_ends) {
    service backend(100, std::errc::no_link);
    const retry_options options(backoff_policy::constant(1s).max_retries(2));
    const auto got = co_await retry(options, backend.caller());
    CO_REQUIRE(!got.has_value());
    CO_CHECK(got.error() == std::errc::no_link);
    CO_CHECK_EQUAL(backend.calls, 3);
}

CO_TEST(an_error_that_is_not_worth_it_is_told_at_once) {
    service backend(100, std::errc::permission_denied);
    retry_options options(backoff_policy::constant(1s));
    options.is_worth_it = [](std::error_code error) {
        return error != std::errc::permission_denied;
    };
    const auto got = co_await retry(options, backend.caller());
    CO_CHECK(!got.has_value());
    CO_CHECK_EQUAL(backend.calls, 1);
}

CO_TEST(a_stop_is_never_retried) {
    service backend(100);
    const retry_options options(backoff_policy::constant(1h));
    const auto begin = weir::reactor::current().now();
    const auto early = co_await weir::with_timeout(500ms, retry(options, backend.caller()));
    CO_REQUIRE(!early.has_value());
    CO_CHECK(early.error() == std::errc::timed_out);
    CO_CHECK_EQUAL(backend.calls, 1);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 500ms));
}

CO_TEST(nothing_waits_for_an_attempt_that_would_begin_after_the_deadline) {
    service backend(100, std::errc::no_link);
    const retry_options options(backoff_policy::constant(10s));
    const auto begin = weir::reactor::current().now();
    const auto got = co_await weir::with_timeout(5s, retry(options, backend.caller()));
    CO_REQUIRE(!got.has_value());
    CO_CHECK(got.error() == std::errc::no_link);
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 1s));
}

CO_TEST(a_budget_that_is_spent_leaves_the_first_attempts) {
    retry_budget budget(4, 0.5);
    service down(1000);
    retry_options options(backoff_policy::constant(1s));
    options.budget = &budget;
    for (int i = 0; i < 10; ++i) static_cast<void>(co_await retry(options, down.caller()));
    // Half of the four are kept, and each call has its first attempt.
    CO_CHECK_EQUAL(down.calls, 12);
    service back(0);
    static_cast<void>(co_await retry(options, back.caller()));
    const auto got = co_await retry(options, down.caller());
    CO_CHECK(!got.has_value());
    CO_CHECK_EQUAL(down.calls, 14);
}

CO_TEST(an_exception_is_no_error_of_the_service) {
    int calls = 0;
    const auto broken = [&calls]() -> weir::task<weir::result<int>> {
        ++calls;
        throw std::logic_error("broken");
        co_return 1;
    };
    bool caught = false;
    try {
        const retry_options options(backoff_policy::constant(1s));
        static_cast<void>(co_await retry(options, broken));
    } catch (const std::logic_error&) {
        caught = true;
    }
    CO_CHECK(caught);
    CO_CHECK_EQUAL(calls, 1);
}

BOOST_AUTO_TEST_SUITE_END()
