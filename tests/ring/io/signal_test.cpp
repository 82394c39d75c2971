// SPDX-License-Identifier: Apache-2.0
// signal_set: signals arrive as values, none is lost, and the mask is restored.
#include <weir/coro/when_all.hpp>
#include <weir/io/run.hpp>
#include <weir/io/signal.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <boost/test/unit_test.hpp>

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(signal_test)

namespace {

bool is_blocked(int signal) {
    sigset_t mask;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    return ::sigismember(&mask, signal) == 1;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_signal_of_the_process_is_given_to_the_waiter) {
    weir::signal_set signals(SIGUSR1, SIGHUP);
    auto main = [&]() -> weir::task<> {
        auto sender = []() -> weir::task<> {
            static_cast<void>(co_await weir::sleep_for(1ms));
            ::kill(::getpid(), SIGHUP);
        };
        auto both = weir::when_all(signals.next(), sender());
        auto outcome = co_await both;
        BOOST_TEST(std::get<0>(outcome).value_or(0) == SIGHUP);
    };
    weir::run(main());
}

BOOST_AUTO_TEST_CASE(a_signal_that_came_before_the_wait_is_not_lost) {
    weir::signal_set signals(SIGUSR1);
    ::raise(SIGUSR1);
    auto main = [&]() -> weir::task<> {
        const weir::result<int> signal = co_await signals.next();
        BOOST_TEST(signal.value_or(0) == SIGUSR1);
    };
    weir::run(main());
}

BOOST_AUTO_TEST_CASE(a_stopped_wait_leaves_the_signal_for_the_next) {
    weir::signal_set signals(SIGUSR1);
    auto main = [&]() -> weir::task<> {
        auto limited = weir::with_timeout(1ms, signals.next());
        const weir::result<int> none = co_await limited;
        BOOST_TEST((none.error() == std::errc::timed_out));
        ::raise(SIGUSR1);
        const weir::result<int> signal = co_await signals.next();
        BOOST_TEST(signal.value_or(0) == SIGUSR1);
    };
    weir::run(main());
}

BOOST_AUTO_TEST_CASE(the_mask_is_restored_and_an_untaken_signal_does_not_kill) {
    BOOST_REQUIRE(!is_blocked(SIGTERM));
    {
        weir::signal_set signals(SIGTERM);
        BOOST_TEST(is_blocked(SIGTERM));
        ::kill(::getpid(), SIGTERM);
    }
    BOOST_TEST(!is_blocked(SIGTERM));
}

BOOST_AUTO_TEST_CASE(without_a_free_descriptor_the_error_is_a_value) {
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    weir::signal_set signals(SIGUSR1);
    auto main = [&]() -> weir::task<> {
        const int next = ::dup(0);
        ::close(next);
        const rlimit none{static_cast<rlim_t>(next), before.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &none);
        const weir::result<int> signal = co_await signals.next();
        ::setrlimit(RLIMIT_NOFILE, &before);
        BOOST_TEST((signal.error() == std::errc::too_many_files_open));
    };
    weir::run(main());
}

BOOST_AUTO_TEST_SUITE_END()
