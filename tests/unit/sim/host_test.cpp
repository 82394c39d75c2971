// SPDX-License-Identifier: Apache-2.0
#include <weir/sim/host.hpp>

#include "lifetime_probe.hpp"
#include "two_hosts.hpp"

#include <weir/io/file.hpp>

#include <stdexcept>

BOOST_AUTO_TEST_SUITE(host_test)

namespace {

using namespace weir::sim::test;
using weir::sim::host;
using weir::sim::host_options;
using weir::sim::world;
using lifetime_probe = weir::test::lifetime_probe<>;

weir::task<weir::result<void>> fail_after(std::chrono::nanoseconds delay, std::errc error) {
    co_await weir::ok(weir::sleep_for(delay));
    co_return weir::fail(error);
}
/// Holds a probe until it is stopped, and then for a while more.
weir::task<> hold_probe(std::chrono::nanoseconds clean_up, int& cleaned) {
    const lifetime_probe held;
    static_cast<void>(co_await weir::sleep_for(1000h));
    const auto slept = co_await weir::shield(weir::sleep_for(clean_up), 1h);
    if (slept) ++cleaned;
}

}  // namespace

BOOST_AUTO_TEST_CASE(hosts_have_names_and_addresses_of_their_own) {
    two_hosts pair;
    BOOST_TEST(pair.server.name() == "server");
    BOOST_TEST(pair.server.address(80).port() == 80);
    BOOST_TEST(pair.server.ipv6_address(80).port() == 80);
    BOOST_TEST(!(pair.server.address(80) == pair.client.address(80)));
    BOOST_TEST(!(pair.server.ipv6_address(80) == pair.client.ipv6_address(80)));
}

BOOST_AUTO_TEST_CASE(a_host_tells_how_its_application_ended) {
    world all(1);
    host& good = all.add_host("good");
    host& bad = all.add_host("bad");
    BOOST_TEST(!good.is_running());
    good.start(
        [](weir::shard&) -> weir::task<> { static_cast<void>(co_await weir::sleep_for(1s)); });
    bad.start([](weir::shard&) { return fail_after(1s, std::errc::no_link); });
    BOOST_TEST(good.is_running());
    BOOST_TEST(!good.outcome().has_value());
    BOOST_TEST(all.run_to_end(1min));
    BOOST_TEST(!good.is_running());
    BOOST_REQUIRE((good.outcome() && bad.outcome()));
    BOOST_TEST(good.outcome()->has_value());
    BOOST_TEST((error_of(*bad.outcome()) == std::errc::no_link));
}

BOOST_AUTO_TEST_CASE(an_application_may_be_followed_by_another) {
    world all(1);
    host& place = all.add_host("place");
    place.start([](weir::shard&) { return fail_after(1s, std::errc::no_link); });
    BOOST_TEST(all.run_to_end(1min));
    BOOST_TEST(place.outcome().has_value());
    place.start(
        [](weir::shard&) -> weir::task<> { static_cast<void>(co_await weir::sleep_for(1s)); });
    BOOST_TEST(!place.outcome().has_value());
    BOOST_TEST(all.run_to_end(1min));
    BOOST_REQUIRE(place.outcome().has_value());
    BOOST_TEST(place.outcome()->has_value());
    BOOST_TEST(place.open_descriptors() == 0U);
}

BOOST_AUTO_TEST_CASE(what_a_main_throws_reaches_who_runs_the_world) {
    world all(1);
    host& place = all.add_host("place");
    place.start([](weir::shard&) -> weir::task<> {
        static_cast<void>(co_await weir::sleep_for(1s));
        throw std::runtime_error("out of luck");
    });
    all.run_for(500ms);
    BOOST_CHECK_THROW(all.run_for(1s), std::runtime_error);
    BOOST_TEST(!place.is_running());
    BOOST_TEST(!place.outcome().has_value());
    all.run_for(1s);  // thrown once
    BOOST_TEST(place.open_descriptors() == 0U);
}

BOOST_AUTO_TEST_CASE(a_main_that_never_waits_has_ended_when_it_was_started) {
    world all(1);
    host& place = all.add_host("place");
    place.start([](weir::shard&) -> weir::task<> { co_return; });
    BOOST_TEST(!place.is_running());
    BOOST_TEST(place.outcome().has_value());
    BOOST_TEST(place.open_descriptors() == 0U);
    const auto thrower = [](weir::shard&) -> weir::task<> {
        throw std::runtime_error("out of luck");
        co_return;
    };
    BOOST_CHECK_THROW(place.start(thrower), std::runtime_error);
    BOOST_TEST(!place.outcome().has_value());
    BOOST_TEST(!place.is_running());
}

BOOST_AUTO_TEST_CASE(a_stop_reaches_every_task_and_is_no_error) {
    world all(1);
    host& place = all.add_host("place");
    int cleaned = 0;
    place.start([&](weir::shard&) { return hold_probe(2s, cleaned); });
    all.run_for(1s);
    place.request_stop();
    all.run_for(1s);
    BOOST_TEST(place.is_running());
    BOOST_TEST(cleaned == 0);
    BOOST_TEST(all.run_to_end(1min));
    BOOST_TEST(cleaned == 1);
    BOOST_TEST((all.elapsed() >= 3s && all.elapsed() < 4s));
    BOOST_REQUIRE(place.outcome().has_value());
    BOOST_TEST(place.outcome()->has_value());
    place.request_stop();  // there is nothing to stop any more
}

BOOST_AUTO_TEST_CASE(a_crash_unwinds_every_task_and_takes_no_time) {
    lifetime_probe::reset();
    world all(1);
    host& place = all.add_host("place");
    int cleaned = 0;
    host_options three;
    three.shards = 3;
    place.start([&](weir::shard&) { return hold_probe(10min, cleaned); }, three);
    all.run_for(1s);
    BOOST_TEST(lifetime_probe::live() == 3);
    BOOST_TEST(place.open_descriptors() > 0U);
    place.crash();
    BOOST_TEST(lifetime_probe::live() == 0);
    BOOST_TEST(cleaned == 3);
    BOOST_TEST(place.open_descriptors() == 0U);
    BOOST_TEST(!place.is_running());
    BOOST_TEST(!place.outcome().has_value());
    BOOST_TEST((all.elapsed() == 1s));
}

BOOST_AUTO_TEST_CASE(a_crash_says_nothing_to_anybody) {
    bool has_heard = false;  // outlives the crash at the end of the world
    two_hosts pair;
    pair.start(pair.server, [] { return serve_echo(7000); });
    pair.start(pair.client, [&]() -> weir::task<weir::result<void>> {
        auto socket = co_await weir::ok(weir::net::connect(pair.server.address(7000)));
        static_cast<void>(co_await socket.receive());
        has_heard = true;
        co_return weir::result<void>();
    });
    pair.all.run_for(1s);
    pair.server.crash();
    pair.all.run_for(1h);
    BOOST_TEST(!has_heard);
}

BOOST_AUTO_TEST_CASE(a_task_of_a_crashed_host_can_do_nothing_more) {
    two_hosts pair;
    pair.start(pair.server, [] { return serve_echo(7000); });
    std::vector<std::error_code> errors;
    pair.start(pair.client, [&]() -> weir::task<> {
        auto socket = co_await weir::net::connect(pair.server.address(7000));
        static_cast<void>(co_await weir::sleep_for(1000h));
        // It is stopped by the crash, and shields its last words.
        const auto told = co_await weir::shield(tell(*socket, "still here"), 1min);
        errors.push_back(error_of(told));
        auto last = weir::file::open("notes", weir::open_mode::replace);
        const auto notes = co_await weir::shield(std::move(last), 1min);
        errors.push_back(error_of(notes));
        const auto where = pair.server.address(7000);
        const auto other = co_await weir::shield(weir::net::connect(where), 1min);
        errors.push_back(error_of(other));
    });
    pair.all.run_for(1s);
    const auto before = pair.all.happenings();
    pair.client.crash();
    BOOST_TEST(errors.size() == 3U);
    for (const auto& each : errors) BOOST_TEST(static_cast<bool>(each));
    BOOST_TEST(!pair.client.disk().read("notes").has_value());
    pair.all.run_for(1min);
    BOOST_TEST(pair.server.is_running());
    BOOST_TEST(before > 0U);
}

BOOST_AUTO_TEST_CASE(a_restart_runs_the_same_again_on_what_the_disk_has_kept) {
    world all(1);
    host& place = all.add_host("place");
    int starts = 0;
    place.disk().put("file", "kept");
    place.start([&](weir::shard&) -> weir::task<> {
        ++starts;
        co_await sleep_long();
    });
    all.run_for(1s);
    place.restart();  // it still runs: this is a crash, too
    all.run_for(1s);
    BOOST_TEST(starts == 2);
    place.crash();
    all.run_for(1s);
    BOOST_TEST(starts == 2);
    place.restart();
    all.run_for(1s);
    BOOST_TEST(starts == 3);
    BOOST_TEST(place.is_running());
    BOOST_TEST(*place.disk().read("file") == "kept");
}

BOOST_AUTO_TEST_CASE(a_clock_that_jumps_lets_a_sleep_end_early_on_its_host_only) {
    two_hosts pair;
    const auto sleep = []() -> weir::task<> { static_cast<void>(co_await weir::sleep_for(10min)); };
    pair.start(pair.server, sleep);
    pair.start(pair.client, sleep);
    pair.all.run_for(1s);
    pair.client.jump_clock(1h);
    pair.finish(pair.client);
    BOOST_TEST((pair.all.elapsed() < 2s));
    BOOST_TEST(pair.server.is_running());
    pair.finish(pair.server);
    BOOST_TEST((pair.all.elapsed() >= 10min && pair.all.elapsed() < 11min));
}

BOOST_AUTO_TEST_CASE(a_paused_host_does_nothing_while_its_kernel_takes_what_arrives) {
    two_hosts pair;
    std::string heard;
    const auto listen = [&]() -> weir::task<weir::result<void>> {
        auto acceptor = weir::ok(weir::net::tcp_acceptor::listen(weir::net::endpoint::any(7000)));
        weir::net::tcp_socket peer = co_await weir::ok(acceptor.accept());
        while (heard.size() < 5) {
            const weir::buffer_lease chunk = co_await weir::ok(peer.receive());
            heard += weir::as_text(chunk.data());
        }
        co_return weir::result<void>();
    };
    pair.start(pair.server, listen);
    pair.all.run_for(1s);
    pair.server.pause();
    pair.run(pair.client, [&]() -> weir::task<weir::result<void>> {
        auto socket = co_await weir::ok(weir::net::connect(pair.server.address(7000)));
        co_await weir::ok(tell(socket, "hello"));
        co_return co_await socket.close();
    });
    pair.all.run_for(1h);
    BOOST_TEST(heard.empty());
    BOOST_TEST(pair.server.is_running());
    pair.server.resume();
    pair.finish(pair.server);
    BOOST_TEST(heard == "hello");
}

BOOST_AUTO_TEST_CASE(a_paused_host_crashes_and_starts_again_like_any_other) {
    world all(1);
    host& place = all.add_host("place");
    int starts = 0;
    int ends = 0;
    place.start([&](weir::shard&) -> weir::task<> {
        ++starts;
        const auto slept = co_await weir::sleep_for(1s);
        if (slept) ++ends;
    });
    place.pause();
    all.run_for(1min);
    BOOST_TEST((starts == 1 && ends == 0));
    place.crash();
    place.restart();
    BOOST_TEST(all.run_to_end(1min));
    BOOST_TEST((starts == 2 && ends == 1));
}

BOOST_AUTO_TEST_CASE(a_host_has_no_more_descriptors_than_it_was_given) {
    world all(1);
    host& place = all.add_host("place");
    host_options few;
    few.max_open_files = 10;
    std::error_code error;
    place.start(
        [&](weir::shard&) -> weir::task<> {
            std::vector<weir::file> open;
            for (int i = 0; i < 20 && !error; ++i) {
                auto each = co_await weir::file::open("file", weir::open_mode::replace);
                error = error_of(each);
                if (each) open.push_back(std::move(*each));
            }
            BOOST_TEST(open.size() < 10U);
        },
        few);
    BOOST_TEST(all.run_to_end(1min));
    BOOST_TEST((error == std::errc::too_many_files_open));
}

BOOST_AUTO_TEST_CASE(a_world_that_ends_takes_what_still_runs_with_it) {
    lifetime_probe::reset();
    int cleaned = 0;
    {
        world all(1);
        all.add_host("place").start([&](weir::shard&) { return hold_probe(1s, cleaned); });
        all.run_for(1s);
        BOOST_TEST(lifetime_probe::live() == 1);
    }
    BOOST_TEST(lifetime_probe::live() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
