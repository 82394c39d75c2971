// SPDX-License-Identifier: Apache-2.0
// message_layer, compose: layers see messages in their order, and what they do not pass on, nobody
// sees.
#include "co_test.hpp"

#include <weir/io/sleep.hpp>
#include <weir/ws/client/message_layer.hpp>

#include <chrono>
#include <string>
#include <type_traits>

BOOST_AUTO_TEST_SUITE(message_layer_test)

namespace {

using namespace std::chrono_literals;
using weir::task;
using weir::ws::action;
using weir::ws::compose;
using weir::ws::message;
using weir::ws::message_sink;

message text(std::string_view what) {
    return message(weir::ws::message_kind::text, weir::buffer_lease::copy_of(weir::as_bytes(what)));
}

/// The end of the line, which writes down what it gets.
class end_of_line final : public message_sink {
public:
    task<action> take(message& arrived) override {
        taken += std::string(arrived.text()) + ' ';
        co_return action::done();
    }
    std::string taken;
};

/// Writes its name before and after those behind it.
auto named(std::string name, std::string& log) {
    return [name, &log](message& arrived, message_sink& behind) -> task<action> {
        log += name + '(';
        const action next = co_await behind.take(arrived);
        log += ')' + name;
        co_return next;
    };
}
task<action> swallow_heartbeats(message& arrived, message_sink& behind) {
    if (arrived.text() == "heartbeat") co_return action::beat();
    co_return co_await behind.take(arrived);
}
/// Rewrites what passes, slowly.
task<action> shout(message& arrived, message_sink& behind) {
    static_cast<void>(co_await weir::sleep_for(1ms));
    message louder = text(std::string(arrived.text()) + "!");
    co_return co_await behind.take(louder);
}

}  // namespace

static_assert(weir::ws::message_layer<decltype(&swallow_heartbeats)>);
static_assert(!weir::ws::message_layer<int (*)(message&, message_sink&)>);
static_assert(weir::ws::message_layer<decltype(compose(&shout, &swallow_heartbeats))>);
static_assert(!std::is_aggregate_v<action>);

CO_TEST(the_first_layer_is_around_all_others) {
    std::string log;
    auto stack = compose(named("a", log), named("b", log), named("c", log));
    end_of_line end;
    message arrived = text("hello");
    const action next = co_await stack(arrived, end);
    CO_CHECK(next.what() == action::kind::done);
    CO_CHECK_EQUAL(log, "a(b(c()c)b)a");
    CO_CHECK_EQUAL(end.taken, "hello ");
}

CO_TEST(what_a_layer_keeps_reaches_nobody_and_its_word_counts) {
    std::string log;
    auto stack = compose(named("a", log), &swallow_heartbeats, named("b", log));
    end_of_line end;
    message arrived = text("heartbeat");
    const action next = co_await stack(arrived, end);
    CO_CHECK(next.what() == action::kind::beat);
    CO_CHECK_EQUAL(log, "a()a");
    CO_CHECK_EQUAL(end.taken, "");
}

CO_TEST(stacks_stack_and_layers_may_wait_and_rewrite) {
    std::string log;
    auto stack = compose(compose(&shout, &shout), compose(named("a", log)), compose());
    end_of_line end;
    message arrived = text("hey");
    const action next = co_await stack(arrived, end);
    static_cast<void>(next);
    CO_CHECK_EQUAL(end.taken, "hey!! ");
}

CO_TEST(an_action_says_what_it_was_made_of) {
    const action reply = action::reply(weir::ws::outgoing("yes"));
    CO_CHECK(reply.what() == action::kind::reply && reply.message().payload() == "yes");
    const action closing = action::close(weir::ws::close_code::going_away);
    CO_CHECK(closing.what() == action::kind::close);
    CO_CHECK(closing.code() == weir::ws::close_code::going_away);
    const action failing = action::fail(std::make_error_code(std::errc::bad_message));
    CO_CHECK(failing.what() == action::kind::fail && failing.error() == std::errc::bad_message);
    CO_CHECK(action::reconnect().error() == weir::ws::client_errc::reconnect_asked);
    co_return;
}

BOOST_AUTO_TEST_SUITE_END()
