// SPDX-License-Identifier: Apache-2.0
// The handle: the conformance suite over both kinds of socket, and what the handle adds.
#include "stream_conformance.hpp"

#include <weir/io/send_buffer.hpp>
#include <weir/net/stream_socket.hpp>

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <string>

using weir::test::must;

BOOST_AUTO_TEST_SUITE(stream_socket_test)

BOOST_AUTO_TEST_SUITE(tcp)
WEIR_STREAM_CONFORMANCE(weir::test::tcp_streams)
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(unix)
WEIR_STREAM_CONFORMANCE(weir::test::unix_streams)
BOOST_AUTO_TEST_SUITE_END()

namespace {

weir::task<> echo_until_end(weir::net::tcp_socket& socket) {
    for (;;) {
        auto piece = co_await socket.receive();
        if (!piece || piece->empty()) break;
        auto sent = co_await socket.send(std::move(*piece));
        if (!sent) break;
    }
    static_cast<void>(co_await socket.shutdown_send());
}

weir::task<> endpoints_name_both_ends() {
    auto pair = co_await weir::test::tcp_streams::connect();
    BOOST_TEST((must(pair.a.local_endpoint()) == must(pair.b.peer_endpoint())));
    BOOST_TEST((must(pair.b.local_endpoint()) == must(pair.a.peer_endpoint())));
    BOOST_TEST(must(pair.a.local_endpoint()).address() == "127.0.0.1");
}

weir::task<> leases_are_sent_back() {
    auto pair = co_await weir::test::tcp_streams::connect();
    const std::size_t size = weir::test::rounds(std::size_t{32} << 20);
    auto outcome = co_await weir::when_all(weir::test::send_run(pair.a, size, 50'000),
                                           weir::test::receive_run(pair.a), echo_until_end(pair.b));
    const auto& arrived = std::get<1>(outcome);
    BOOST_TEST(arrived.is_intact);
    BOOST_TEST(arrived.count == size);
}

/// Linux's own threads for requests that it does not do in place.
std::size_t count_worker_threads() {
    std::size_t count = 0;
    for (const auto& each : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream name(each.path() / "comm");
        std::string text;
        std::getline(name, text);
        count += text.starts_with("iou-wrk") ? 1 : 0;
    }
    return count;
}

weir::task<> the_end_costs_no_thread() {
    auto pair = co_await weir::test::tcp_streams::connect();
    const std::size_t before = count_worker_threads();
    weir::test::expect_success(co_await pair.a.shutdown_send());
    BOOST_TEST(count_worker_threads() == before);
    const auto end = co_await pair.b.receive();
    BOOST_TEST((end && end->empty()));
}

weir::task<> one_buffer_goes_to_many_sockets() {
    weir::test::pattern run(9);
    const weir::send_buffer shared{weir::bytes(run.take(100'000))};
    for (int i = 0; i < 3; ++i) {
        auto pair = co_await weir::test::tcp_streams::connect();
        weir::test::expect_success(co_await pair.a.send(shared));
        weir::test::expect_success(co_await pair.a.shutdown_send());
        const auto arrived = co_await weir::test::receive_run(pair.b, 9);
        BOOST_TEST(arrived.is_intact);
        BOOST_TEST(arrived.count == shared.size());
    }
    // The kernel lets go of what was sent without a copy when it says so, which may take a while.
    for (int i = 0; i < 500 && shared.users() > 1; ++i) {
        const auto slept = co_await weir::sleep_for(std::chrono::milliseconds(10));
        BOOST_TEST(slept.has_value());
    }
    BOOST_TEST(shared.users() == 1U);
}

weir::task<> empty_sends_do_nothing() {
    auto pair = co_await weir::test::tcp_streams::connect();
    weir::test::expect_success(co_await pair.a.send_copy({}));
    weir::test::expect_success(co_await pair.a.send(weir::buffer_lease()));
    weir::test::expect_success(co_await pair.a.send(weir::send_buffer()));
    const auto written = co_await pair.a.write_all({});
    BOOST_TEST(must(written) == 0U);
    weir::test::expect_success(co_await pair.a.close());
    const auto arrived = co_await weir::test::receive_run(pair.b);
    BOOST_TEST(arrived.count == 0U);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_end_of_a_direction_costs_no_thread_of_the_kernel, WEIR_LINUX_ONLY) {
    weir::test::on_reactor(the_end_costs_no_thread);
}

BOOST_AUTO_TEST_CASE(the_endpoints_name_both_ends) {
    weir::test::on_reactor(endpoints_name_both_ends);
}

BOOST_AUTO_TEST_CASE(received_leases_can_be_sent_back_without_a_copy) {
    weir::test::on_reactor(leases_are_sent_back);
}

BOOST_AUTO_TEST_CASE(a_shared_buffer_goes_to_many_sockets_and_is_released) {
    weir::test::on_reactor(one_buffer_goes_to_many_sockets);
}

BOOST_AUTO_TEST_CASE(empty_sends_succeed_and_send_nothing) {
    weir::test::on_reactor(empty_sends_do_nothing);
}

BOOST_AUTO_TEST_SUITE_END()
