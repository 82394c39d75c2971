// SPDX-License-Identifier: Apache-2.0
// supervisor: children that fail, throw, hang and are stopped; who hears of it, and in which order.
#include <weir/flow/supervisor.hpp>

#include "co_test.hpp"
#include "is_about.hpp"

#include <weir/coro/ok.hpp>
#include <weir/coro/stop.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/reactor.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(supervisor_test)

namespace {

using namespace std::chrono_literals;
using weir::flow::child_spec;
using weir::flow::restart;
using weir::flow::restart_strategy;
using weir::flow::supervision_rules;
using weir::flow::supervisor;
using weir::test::is_about;

/// Writes down who begins and ends: "+a -a ".
class diary {
public:
    weir::task<weir::result<void>> live(std::string name, std::chrono::nanoseconds life,
                                        std::errc error) {
        text += "+" + name + " ";
        const auto slept = co_await weir::sleep_for(life);
        text += "-" + name + " ";
        if (!slept) co_return weir::fail(slept.error());
        if (error != std::errc()) co_return weir::fail(error);
        co_return weir::result<void>();
    }
    /// Lives until it is stopped.
    child_spec endless(const std::string& name) {
        return child_spec(name, [this, name] { return live(name, 1000h, std::errc()); });
    }
    child_spec failing(const std::string& name, std::chrono::nanoseconds life) {
        return child_spec(name,
                          [this, name, life] { return live(name, life, std::errc::no_link); });
    }
    child_spec finishing(const std::string& name, std::chrono::nanoseconds life) {
        return child_spec(name, [this, name, life] { return live(name, life, std::errc()); });
    }
    /// Needs `longer` to end when it is stopped.
    child_spec stubborn(const std::string& name, std::chrono::nanoseconds longer) {
        return child_spec(name, [this, name, longer]() -> weir::task<weir::result<void>> {
            text += "+" + name + " ";
            const auto slept = co_await weir::sleep_for(1000h);
            static_cast<void>(co_await weir::shield(weir::sleep_for(longer), 1h));
            text += "-" + name + " ";
            co_return slept;
        });
    }
    std::string text;
};

supervision_rules with(restart_strategy strategy) {
    supervision_rules rules;
    rules.strategy = strategy;
    return rules;
}
weir::task<weir::result<void>> throw_after(std::chrono::nanoseconds life) {
    co_await weir::ok(weir::sleep_for(life));
    throw std::runtime_error("out of order");
}
weir::task<weir::result<void>> give_no_task() { throw std::runtime_error("no task"); }

}  // namespace

CO_TEST(a_failed_child_is_started_again_and_the_others_do_not_notice) {
    diary of;
    supervisor services;
    services.add(of.endless("a"));
    services.add(of.failing("b", 4s));
    services.add(of.endless("c"));
    const auto outcome = co_await weir::with_timeout(10s, services.run());
    CO_REQUIRE(!outcome.has_value());
    CO_CHECK(outcome.error() == std::errc::timed_out);
    CO_CHECK_EQUAL(of.text, "+a +b +c -b +b -b +b -c -b -a ");
    CO_CHECK_EQUAL(services.starts(), 5U);
}

CO_TEST(those_that_depend_on_it_are_restarted_with_it) {
    diary of;
    supervisor services(with(restart_strategy::rest_for_one));
    services.add(of.endless("a"));
    services.add(of.failing("b", 4s));
    services.add(of.endless("c"));
    services.add(of.endless("d"));
    static_cast<void>(co_await weir::with_timeout(6s, services.run()));
    CO_CHECK_EQUAL(of.text, "+a +b +c +d -b -d -c +b +c +d -d -c -b -a ");
    diary of_all;
    supervisor all(with(restart_strategy::one_for_all));
    all.add(of_all.endless("a"));
    all.add(of_all.failing("b", 4s));
    all.add(of_all.endless("c"));
    static_cast<void>(co_await weir::with_timeout(6s, all.run()));
    CO_CHECK_EQUAL(of_all.text, "+a +b +c -b -c -a +a +b +c -c -b -a ");
}

CO_TEST(too_many_failures_stop_all_in_reverse_and_say_which_child_and_why) {
    diary of;
    supervisor services;
    services.add(of.endless("a"));
    services.add(of.failing("b", 100ms));
    services.add(of.endless("c"));
    const auto begin = weir::reactor::current().now();
    const auto outcome = co_await services.run();
    CO_REQUIRE(!outcome.has_value());
    CO_CHECK(outcome.error() == weir::flow::errc::too_many_restarts);
    CO_CHECK_EQUAL(of.text, "+a +b +c -b +b -b +b -b +b -b -c -a ");
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 400ms));
    CO_REQUIRE(services.last_end().has_value());
    CO_CHECK_EQUAL(services.last_end()->child(), "b");
    CO_CHECK(services.last_end()->error() == std::errc::no_link);
    const std::string why = std::make_error_code(std::errc::no_link).message();
    CO_CHECK_EQUAL(services.last_end()->to_text(), "b: " + why);
}

CO_TEST(an_exception_is_a_failure_and_is_kept) {
    int heard = 0;
    const auto count = [&heard](const weir::flow::child_end& end) {
        if (end.has_failed()) ++heard;
    };
    supervisor services(supervision_rules(), count);
    services.add(child_spec("thrower", [] { return throw_after(1ms); }));
    const auto outcome = co_await services.run();
    CO_REQUIRE(!outcome.has_value());
    CO_CHECK_EQUAL(heard, 4);
    CO_REQUIRE(services.last_end().has_value());
    CO_CHECK_EQUAL(services.last_end()->to_text(), "thrower: out of order");
    CO_CHECK(services.last_end()->exception() != nullptr);
    CO_CHECK(!services.last_end()->error());
}

CO_TEST(a_child_that_cannot_even_begin_has_failed) {
    // No coroutine: the call itself throws.
    supervisor services;
    services.add(child_spec("never", &give_no_task).restarted(restart::temporary));
    const auto over = co_await services.run();
    CO_CHECK(over.has_value());
    CO_REQUIRE(services.last_end().has_value());
    CO_CHECK_EQUAL(services.last_end()->to_text(), "never: no task");
    supervisor hasty;
    hasty.add(child_spec("at once", [] { return throw_after(0s); }));
    hasty.add(child_spec("sooner", []() -> weir::task<weir::result<void>> {
        co_return weir::fail(std::errc::no_link);
    }));
    const auto outcome = co_await hasty.run();
    CO_REQUIRE(!outcome.has_value());
    CO_CHECK(outcome.error() == weir::flow::errc::too_many_restarts);
    CO_CHECK_EQUAL(hasty.last_end()->child(), "sooner");
}

CO_TEST(it_has_ended_when_all_its_children_have_for_good) {
    diary of;
    supervisor jobs;
    jobs.add(of.finishing("a", 1s).restarted(restart::transient));
    jobs.add(of.failing("b", 2s).restarted(restart::temporary));
    const auto outcome = co_await jobs.run();
    CO_CHECK(outcome.has_value());
    CO_CHECK_EQUAL(of.text, "+a +b -a -b ");
    supervisor none;
    const auto nothing = co_await none.run();
    CO_CHECK(nothing.has_value());
}

CO_TEST(children_are_stopped_one_after_the_other) {
    diary of;
    supervisor services;
    services.add(of.stubborn("a", 1s));
    services.add(of.stubborn("b", 1s));
    services.add(of.stubborn("c", 1s));
    const auto begin = weir::reactor::current().now();
    const auto outcome = co_await weir::with_timeout(10s, services.run());
    CO_CHECK(!outcome.has_value());
    CO_CHECK_EQUAL(of.text, "+a +b +c -c -b -a ");
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 13s));
}

CO_TEST(one_that_hangs_holds_up_the_stop_of_the_others_for_its_time_only) {
    diary of;
    supervisor services;
    services.add(of.stubborn("a", 1s));
    services.add(of.stubborn("b", 1min).stops_within(2s));
    const auto begin = weir::reactor::current().now();
    static_cast<void>(co_await weir::with_timeout(10s, services.run()));
    CO_CHECK_EQUAL(of.text, "+a +b -a -b ");
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 70s));
}

CO_TEST(a_back_off_delays_the_restart) {
    diary of;
    supervisor services;
    services.add(of.failing("a", 1s).backs_off(
        weir::resilience::backoff_policy::exponential(1s, 30s).max_retries(2)));
    const auto begin = weir::reactor::current().now();
    const auto outcome = co_await services.run();
    CO_REQUIRE(!outcome.has_value());
    CO_CHECK(outcome.error() == weir::flow::errc::too_many_restarts);
    CO_CHECK_EQUAL(of.text, "+a -a +a -a +a -a ");
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 6s));
}

CO_TEST(a_supervisor_is_a_child_of_another_and_is_begun_anew_by_it) {
    diary of;
    supervisor inner;
    inner.add(of.endless("x"));
    inner.add(of.failing("y", 1s));
    supervisor outer;
    outer.add(of.endless("a"));
    outer.add(child_spec("inner", [&inner] { return inner.run(); }));
    const auto outcome = co_await weir::with_timeout(5500ms, outer.run());
    CO_CHECK(!outcome.has_value());
    CO_CHECK_EQUAL(of.text, "+a +x +y -y +y -y +y -y +y -y -x +x +y -y +y -y -x -a ");
    CO_REQUIRE(outer.last_end().has_value());
    CO_CHECK(outer.last_end()->error() == weir::flow::errc::too_many_restarts);
    CO_CHECK_EQUAL(outer.last_end()->child(), "inner");
}

CO_TEST(an_observer_may_ask_for_the_end_of_all) {
    diary of;
    weir::stop_source stop;
    const auto end_all = [&stop](const weir::flow::child_end&) { stop.request_stop(); };
    supervisor services(supervision_rules(), end_all);
    services.add(of.endless("a"));
    services.add(of.failing("b", 1s).restarted(restart::temporary));
    const auto begin = weir::reactor::current().now();
    const auto outcome = co_await weir::with_stop(stop, services.run());
    CO_CHECK(is_about(weir::reactor::current().now() - begin, 1s));
    CO_REQUIRE(!outcome.has_value());
    CO_CHECK(outcome.error() == std::errc::operation_canceled);
    CO_CHECK_EQUAL(of.text, "+a +b -b -a ");
}

BOOST_AUTO_TEST_SUITE_END()
