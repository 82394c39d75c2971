// SPDX-License-Identifier: Apache-2.0
// What the tests of `tests/ring` are put through over the simulated kernel: what it must catch, it
// catches, and what a disturbed body finds wrong does not count.
#include "disturbance.hpp"
#include "complaints.hpp"
#include "simulation.hpp"
#include "virtual_run.hpp"

#include <weir/base/bytes.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/net/stream_socket.hpp>
#include <weir/sync/event.hpp>

#include <boost/test/results_collector.hpp>
#include <boost/test/unit_test.hpp>
#include <boost/test/unit_test_log.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(disturbance_test)

namespace {

using weir::net::stream_socket;
using weir::test::disturbance;
using weir::test::is_disturbed;
using namespace std::chrono_literals;

int disturbed_bodies = 0;

weir::task<> fails_when_disturbed() {
    static_cast<void>(co_await weir::yield());
    if (is_disturbed()) ++disturbed_bodies;
    BOOST_TEST(!is_disturbed());
    if (is_disturbed() && disturbed_bodies % 2 == 0) throw std::runtime_error("of the body");
    BOOST_REQUIRE(!is_disturbed());
}
weir::task<> fails_always() {
    static_cast<void>(co_await weir::yield());
    if (is_disturbed()) ++disturbed_bodies;
    BOOST_TEST(1 == 2);
}

weir::task<weir::result<void>> say_hello() {
    const auto ends = weir::test::socket_pair();
    stream_socket here(ends[0]);
    const stream_socket there(ends[1]);
    static_cast<void>(co_await here.send_copy(weir::as_bytes("hello")));
    co_return co_await here.close();
}
weir::task<> forgets_who_waits() {
    weir::event told;
    if (co_await say_hello()) told.set();
    static_cast<void>(co_await told.wait());
}
weir::task<> aborts_when_stopped() {
    const auto turn = co_await weir::yield();
    if (!turn) std::abort();
}
weir::task<> leaks_when_stopped() {
    const auto ends = weir::test::socket_pair();
    const stream_socket here(ends[0]);
    const auto turn = co_await weir::yield();
    if (turn) const stream_socket there(ends[1]);
}

weir::task<> send_hello(stream_socket& to) {
    static_cast<void>(co_await to.send_copy(weir::as_bytes("hello")));
}
weir::task<> receive_hello(stream_socket& from) { static_cast<void>(co_await from.receive()); }
/// When sending fails, nobody tells the one who receives.
weir::task<> tells_nobody() {
    const auto ends = weir::test::socket_pair();
    stream_socket here(ends[0]);
    stream_socket there(ends[1]);
    static_cast<void>(co_await weir::when_all(send_hello(here), receive_hello(there)));
}

unsigned long failures() {
    const auto test = boost::unit_test::framework::current_test_case().p_id;
    return boost::unit_test::results_collector.results(test).p_assertions_failed;
}

/// What this program prints when it runs the body `name` alone, and how it ends.
std::pair<std::string, int> output_of(const std::string& name) {
    std::array<char, PATH_MAX> self{};
    if (::readlink("/proc/self/exe", self.data(), self.size() - 1) < 0) return {};
    const std::string command = "WEIR_TEST_BODY=" + name + ' ' + self.data() +
                                " --run_test=disturbance_test/runs_a_body_for_another_test 2>&1";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    std::string all;
    std::array<char, 4096> some;
    while (const std::size_t size = std::fread(some.data(), 1, some.size(), pipe)) {
        all.append(some.data(), size);
    }
    return {all, ::pclose(pipe)};
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_a_disturbed_body_finds_wrong_does_not_count) {
    disturbed_bodies = 0;
    weir::test::run_simulated(fails_when_disturbed);
    BOOST_TEST(disturbed_bodies >= 2);
    BOOST_TEST(failures() == 0U);
}

BOOST_AUTO_TEST_CASE(what_an_undisturbed_body_finds_wrong_counts,
                     *boost::unit_test::expected_failures(5)) {
    disturbed_bodies = 0;
    using boost::unit_test::unit_test_log;
    const auto level =
        unit_test_log.set_threshold_level(boost::unit_test::OF_CLF, boost::unit_test::log_nothing);
    weir::test::run_simulated(fails_always);
    unit_test_log.set_threshold_level(boost::unit_test::OF_CLF, level);
    const auto counted = failures();
    BOOST_TEST(counted == 5U);  // seeds
    BOOST_TEST(disturbed_bodies == 0);
}

BOOST_AUTO_TEST_CASE(a_descriptor_that_a_stop_leaves_behind_is_a_complaint) {
    const weir::test::caught_complaints caught;
    weir::test::run_simulated(leaks_when_stopped);
    BOOST_REQUIRE(caught.all().size() == 1U);
    const std::string& text = caught.all().front();
    BOOST_TEST(text.find("leaks a descriptor") != std::string::npos);
    BOOST_TEST(text.find("WEIR_DISTURBANCE=stop:") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_waits_for_somebody_that_has_failed_is_told_in_the_end) {
    weir::test::run_simulated(tells_nobody);
}

BOOST_AUTO_TEST_CASE(runs_a_body_for_another_test) {
    const char* name = std::getenv("WEIR_TEST_BODY");
    if (name == nullptr) return;
    weir::test::run_simulated(*name == 'w' ? forgets_who_waits : aborts_when_stopped);
}

BOOST_AUTO_TEST_CASE(a_wait_that_nothing_ends_ends_the_program_with_the_waiters) {
    const auto [text, status] = output_of("wait");
    BOOST_TEST(status != 0);
    BOOST_TEST(text.find("waiting for event") != std::string::npos);
    BOOST_TEST(text.find("WEIR_DISTURBANCE=fail:1:104") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_crash_tells_how_to_repeat_it) {
    const auto [text, status] = output_of("abort");
    BOOST_TEST(status != 0);
    BOOST_TEST(text.find("WEIR_KERNEL=simulated WEIR_SEED=1 WEIR_DISTURBANCE=stop:0 ") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(few_and_quick_ones_are_all_tried_and_others_are_sampled) {
    const auto all = weir::test::disturbances(3, 2, 1ms, 1s);
    BOOST_TEST(all.size() == 4U + 2U * 2U);
    BOOST_TEST(all.front().to_option() == "stop:0");
    BOOST_TEST(all.back().to_option() == "fail:2:" + std::to_string(ENOMEM));
    const auto some = weir::test::disturbances(1000, 1000, 100ms, 1s);
    BOOST_TEST(some.size() == 10U + 2U * 10U);
    BOOST_TEST(weir::test::disturbances(1000, 0, 10s, 1s).size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_environment_chooses_one) {
    for (const char* option : {"stop:17", "fail:3:12"}) {
        ::setenv("WEIR_DISTURBANCE", option, 1);
        const auto all = weir::test::disturbances(3, 2, 1ms, 1s);
        BOOST_REQUIRE(all.size() == 1U);
        BOOST_TEST(all.front().to_option() == option);
    }
    ::unsetenv("WEIR_DISTURBANCE");
}

BOOST_AUTO_TEST_SUITE_END()
