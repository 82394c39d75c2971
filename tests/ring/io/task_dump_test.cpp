// SPDX-License-Identifier: Apache-2.0
// dump_tasks and SIGUSR2: every shard's tasks by name, and what each waits for.
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_any.hpp>
#include <weir/io/runtime.hpp>
#include <weir/io/signal.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/event.hpp>

#include "child_process.hpp"

#include <boost/test/unit_test.hpp>

#include <signal.h>
#include <unistd.h>

#include <string>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(task_dump_test)

namespace {

using weir::test::child_program;

weir::task<weir::result<void>> wait_for_a_lost_event() {
    weir::event never;
    co_return co_await never.wait();
}

weir::task<weir::result<void>> sleep_for_an_hour() { co_return co_await weir::sleep_for(1h); }

weir::task<weir::result<void>> main_of_shard(weir::shard& here) {
    if (here.index() == 0) co_return co_await sleep_for_an_hour();
    co_return co_await wait_for_a_lost_event();
}

bool says(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

const child_program serve_two_shards("serve_two_shards", [](const std::string&) {
    weir::signal_set signals(SIGTERM);
    weir::runtime_options options;
    options.shards = 2;
    weir::runtime runtime(options);
    auto main = [&](weir::shard& here) -> weir::task<weir::result<void>> {
        if (here.index() != 0) co_return co_await main_of_shard(here);
        static_cast<void>(!::write(STDERR_FILENO, "ready\n", 6));
        auto race = weir::when_any(main_of_shard(here), signals.next());
        static_cast<void>(co_await race);
        runtime.request_stop();
        co_return weir::result<void>();
    };
    return runtime.run(main) ? 0 : 1;
});

const child_program serve_alone("serve_alone", [](const std::string&) {
    auto until_sigterm = []() -> weir::task<int> {
        weir::signal_set signals(SIGTERM);
        static_cast<void>(!::write(STDERR_FILENO, "ready\n", 6));
        auto race = weir::when_any(sleep_for_an_hour(), signals.next());
        static_cast<void>(co_await race);
        co_return 0;
    };
    return weir::run(weir::with_task_dump(until_sigterm()));
});

}  // namespace

BOOST_AUTO_TEST_CASE(dump_tasks_lists_every_shard_as_text_and_as_json) {
    weir::runtime_options options;
    options.shards = 2;
    weir::runtime runtime(options);
    std::string text;
    std::string json;
    auto main = [&](weir::shard& here) -> weir::task<weir::result<void>> {
        if (here.index() != 0) co_return co_await wait_for_a_lost_event();
        auto ping = here.sibling(1).run([] {});  // its main has begun when this is answered
        static_cast<void>(co_await ping);
        text = co_await weir::dump_tasks();
        json = co_await weir::dump_tasks(weir::dump_format::json);
        runtime.request_stop();
        co_return weir::result<void>();
    };
    BOOST_TEST(runtime.run(main).has_value());
    BOOST_TEST(says(text, "shard 0 of 2"));
    BOOST_TEST(says(text, "shard 1 of 2"));
    BOOST_TEST(says(text, "wait_for_a_lost_event"));
    BOOST_TEST(says(text, "waiting for event"));
    BOOST_TEST(json.starts_with("[{\"shard\":0,\"tasks\":[{"));
    BOOST_TEST(says(json, "},{\"shard\":1,\"tasks\":[{"));
    BOOST_TEST(json.ends_with("]}]"));
}

BOOST_AUTO_TEST_CASE(outside_of_a_runtime_it_lists_the_own_loop) {
    auto main = []() -> weir::task<std::string> { co_return co_await weir::dump_tasks(); };
    const std::string text = weir::run(main());
    BOOST_TEST(text.starts_with("shard 0 of 1"));
}

BOOST_AUTO_TEST_CASE(sigusr2_dumps_all_shards_of_a_running_program_and_it_goes_on) {
    weir::test::child_process child(serve_two_shards);
    BOOST_REQUIRE(child.read_until("ready"));
    child.signal(SIGUSR2);
    BOOST_TEST(child.read_until("shard 0 of 2"));
    BOOST_TEST(child.read_until("shard 1 of 2"));
    BOOST_TEST(child.read_until("wait_for_a_lost_event"));
    BOOST_TEST(child.read_until("sleep_for_an_hour"));
    child.signal(SIGTERM);
    BOOST_TEST(child.wait() == 0);
}

BOOST_AUTO_TEST_CASE(with_task_dump_does_it_for_a_single_loop) {
    weir::test::child_process child(serve_alone);
    BOOST_REQUIRE(child.read_until("ready"));
    child.signal(SIGUSR2);
    BOOST_TEST(child.read_until("sleep_for_an_hour"));
    child.signal(SIGTERM);
    BOOST_TEST(child.wait() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
