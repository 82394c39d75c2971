// SPDX-License-Identifier: Apache-2.0
#include "kernel_bench.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cerrno>
#include <map>

BOOST_AUTO_TEST_SUITE(simulated_kernel_test)

namespace {

using namespace weir::sim::test;
using weir::sim::fault;
using weir::sim::simulated_kernel;

constexpr std::uint32_t buffer_more_follows = 1U << 4U;

void ask_cancel(kernel_bench& bench, std::uint64_t tag, std::uint64_t target) {
    ::io_uring_prep_cancel64(&bench.ask(tag), target, 0);
}
/// A receive that waits on one of two connected sockets; returns the other one.
int ask_waiting_receive(kernel_bench& bench, std::uint64_t tag, std::array<char, 8>& memory) {
    const auto [here, there] = bench.open_pair();
    ::io_uring_prep_recv(&bench.ask(tag), here, memory.data(), memory.size(), 0);
    return there;
}
std::vector<std::uint64_t> tags_of(const std::vector<answer>& all) {
    std::vector<std::uint64_t> tags;
    for (const answer& each : all) tags.push_back(each.tag);
    return tags;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_multishot_poll_reports_each_time_an_event_is_raised) {
    kernel_bench bench;
    const int event = bench.system.open_event();
    ::io_uring_prep_poll_multishot(&bench.ask(1), event, POLLIN);
    BOOST_TEST(bench.collect().empty());
    for (int i = 0; i < 3; ++i) {
        bench.system.raise_event(event);
        const auto all = bench.collect();
        BOOST_REQUIRE(all.size() == 1U);
        BOOST_TEST(all[0].result == POLLIN);
        BOOST_TEST(all[0].goes_on());
        bench.system.clear_event(event);
        BOOST_TEST(bench.collect().empty());
    }
}

BOOST_AUTO_TEST_CASE(an_event_that_is_raised_twice_unseen_is_reported_once) {
    kernel_bench bench;
    const int event = bench.system.open_event();
    ::io_uring_prep_poll_multishot(&bench.ask(1), event, POLLIN);
    BOOST_TEST(bench.collect().empty());
    bench.system.raise_event(event);
    bench.system.raise_event(event);
    BOOST_TEST(bench.collect().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_cancel_ends_the_request_that_it_names) {
    kernel_bench bench;
    std::array<char, 8> memory{};
    const int there = ask_waiting_receive(bench, 1, memory);
    BOOST_TEST(bench.collect().empty());
    ask_cancel(bench, 2, 1);
    const auto all = bench.collect();
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST((tags_of(all) == std::vector<std::uint64_t>{2, 1}));
    BOOST_TEST(all[0].result == 0);
    BOOST_TEST(all[1].result == -ECANCELED);
    BOOST_TEST(bench.say(there, "late") == 4);
    BOOST_TEST(bench.collect().empty());
    BOOST_TEST(memory[0] == 0);
}

BOOST_AUTO_TEST_CASE(a_quiet_cancel_tells_only_that_it_found_nothing) {
    kernel_bench bench;
    std::array<char, 8> memory{};
    ask_waiting_receive(bench, 1, memory);
    io_uring_sqe& found = bench.ask(2);
    ::io_uring_prep_cancel64(&found, 1, 0);
    found.flags |= IOSQE_CQE_SKIP_SUCCESS;
    const auto all = bench.collect();
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].tag == 1U);
    io_uring_sqe& lost = bench.ask(3);
    ::io_uring_prep_cancel64(&lost, 99, 0);
    lost.flags |= IOSQE_CQE_SKIP_SUCCESS;
    const auto none = bench.collect();
    BOOST_REQUIRE(none.size() == 1U);
    BOOST_TEST(none[0].result == -ENOENT);
}

BOOST_AUTO_TEST_CASE(a_file_request_that_has_begun_cannot_be_cancelled) {
    kernel_bench bench;
    bench.home.disk().put("file", "text");
    ::io_uring_prep_openat(&bench.ask(1), AT_FDCWD, "file", 0, 0);
    ask_cancel(bench, 2, 1);
    const auto early = bench.collect();
    BOOST_REQUIRE(early.size() == 1U);
    BOOST_TEST(early[0].result == -EALREADY);
    const auto late = bench.run_for(1ms);
    BOOST_REQUIRE(late.size() == 1U);
    BOOST_TEST(late[0].result >= 0);
}

BOOST_AUTO_TEST_CASE(incremental_buffers_are_filled_piece_by_piece) {
    kernel_bench bench;
    buffer_bench buffers(bench, 3, true);
    buffers.give(5);
    buffers.give(6);
    const auto [here, there] = bench.open_pair();
    buffers.ask_receive(1, here);
    BOOST_TEST(bench.collect().empty());
    for (const char* each : {"one", "two"}) BOOST_TEST(bench.say(there, each) == 3);
    BOOST_TEST(bench.say(there, std::string(60, 'x')) == 60);
    const auto all = bench.collect();
    BOOST_REQUIRE(all.size() == 4U);
    for (const std::size_t i : {0U, 1U}) {
        BOOST_TEST(all[i].buffer() == 5U);
        BOOST_TEST((all[i].flags & buffer_more_follows) != 0U);
    }
    BOOST_TEST(buffers.text(5, 0, 6) == "onetwo");
    // The rest of the first buffer, which is done then, and the begin of the second.
    BOOST_TEST(all[2].buffer() == 5U);
    BOOST_TEST(all[2].result == 58);
    BOOST_TEST((all[2].flags & buffer_more_follows) == 0U);
    BOOST_TEST(all[3].buffer() == 6U);
    BOOST_TEST(all[3].result == 2);
    BOOST_TEST(buffers.text(6, 0, 2) == "xx");
}

BOOST_AUTO_TEST_CASE(plain_buffers_are_used_once) {
    kernel_bench bench;
    buffer_bench buffers(bench, 3, false);
    buffers.give(5);
    buffers.give(6);
    buffers.give(7);
    const auto [here, there] = bench.open_pair();
    buffers.ask_receive(1, here);
    for (const char* each : {"one", "two"}) {
        BOOST_TEST(bench.collect().empty());
        BOOST_TEST(bench.say(there, each) == 3);
        const auto all = bench.collect();
        BOOST_REQUIRE(all.size() == 1U);
        BOOST_TEST((all[0].flags & buffer_more_follows) == 0U);
        BOOST_TEST(buffers.text(all[0].buffer(), 0, all[0].result) == each);
    }
    BOOST_TEST(buffers.text(6, 0, 3) == "two");
}

BOOST_AUTO_TEST_CASE(without_a_buffer_a_receive_ends_and_loses_nothing) {
    kernel_bench bench;
    buffer_bench buffers(bench, 3, false);
    buffers.give(0);
    const auto [here, there] = bench.open_pair();
    buffers.ask_receive(1, here);
    BOOST_TEST(bench.collect().empty());
    BOOST_TEST(bench.say(there, "one") == 3);
    const auto all = bench.collect();
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].result == 3);
    BOOST_TEST(all[1].result == -ENOBUFS);
    BOOST_TEST(!all[1].goes_on());
    BOOST_TEST(bench.say(there, "two") == 3);
    buffers.give(1);
    buffers.ask_receive(2, here);
    const auto later = bench.collect();
    BOOST_REQUIRE(!later.empty());
    BOOST_TEST(later[0].result == 3);
    BOOST_TEST(buffers.text(1, 0, 3) == "two");
}

BOOST_AUTO_TEST_CASE(the_fault_no_receive_buffer_ends_a_receive_although_buffers_are_there) {
    kernel_bench bench;
    buffer_bench buffers(bench, 3, false);
    buffers.give(0);
    const auto [here, there] = bench.open_pair();
    BOOST_TEST(bench.say(there, "one") == 3);
    bench.time.faults().at(fault::no_receive_buffer, 1);
    buffers.ask_receive(1, here);
    const auto all = bench.collect();
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].result == -ENOBUFS);
}

BOOST_AUTO_TEST_CASE(a_full_completion_queue_loses_nothing_and_keeps_the_order) {
    kernel_bench bench(4);
    std::vector<std::uint64_t> asked;
    for (std::uint64_t i = 1; i <= 30; ++i) {
        ::io_uring_prep_nop(&bench.ask(i));
        asked.push_back(i);
    }
    const auto all = bench.collect();
    BOOST_TEST((tags_of(all) == asked));
}

BOOST_AUTO_TEST_CASE(a_full_completion_queue_ends_a_multishot_request_and_loses_nothing) {
    kernel_bench bench(4);
    buffer_bench buffers(bench, 3, false);
    for (std::uint16_t id = 0; id < 8; ++id) buffers.give(id);
    const auto [near_end, far_end] = bench.open_pair();
    buffers.ask_receive(1, near_end);
    BOOST_TEST(bench.collect().empty());
    // What fills seven buffers; the queue holds four reports.
    BOOST_TEST(bench.say(far_end, std::string(7 * buffer_bench::size, 'x')) == 448);
    const auto first = bench.collect();
    BOOST_REQUIRE(first.size() == 5U);
    for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(first[i].goes_on());
    BOOST_TEST(!first[4].goes_on());
    BOOST_TEST(first[4].result == 64);
    buffers.ask_receive(2, near_end);
    BOOST_TEST(bench.collect().size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_fault_full_completion_queue_ends_every_kind_of_multishot_request) {
    kernel_bench bench;
    bench.time.faults().rate(fault::full_completion_queue, 1);
    buffer_bench buffers(bench, 3, false);
    for (std::uint16_t id = 0; id < 8; ++id) buffers.give(id);
    const auto [near_end, far_end] = bench.open_pair();
    const int listener = bench.open_listener(80);
    buffers.ask_receive(1, near_end);
    ::io_uring_prep_poll_multishot(&bench.ask(2), near_end, POLLIN);
    ::io_uring_prep_multishot_accept(&bench.ask(3), listener, nullptr, nullptr, 0);
    BOOST_TEST(bench.collect().empty());
    BOOST_TEST(bench.say(far_end, "word") == 4);
    const int client = bench.system.socket(AF_INET, SOCK_STREAM, 0);
    const weir::net::endpoint where = weir::net::endpoint::loopback(80);
    ::io_uring_prep_connect(&bench.ask(4), client, where.native(), where.native_size());
    const auto all = bench.collect();
    BOOST_TEST(all.size() == 4U);
    for (const answer& each : all) BOOST_TEST(!each.goes_on());
}

BOOST_AUTO_TEST_CASE(reordered_completions_keep_the_order_of_each_request) {
    bool was_reordered = false;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        kernel_bench bench(256, seed);
        buffer_bench buffers(bench, 3, false);
        for (std::uint16_t i = 0; i < 6; ++i) buffers.give(i);
        const auto [here, there] = bench.open_pair();
        buffers.ask_receive(1, here);
        BOOST_TEST(bench.collect().empty());
        bench.time.faults().rate(fault::reordered_completions, 0.5);
        std::string heard;
        std::vector<std::uint64_t> others;
        for (std::uint64_t i = 0; i < 5; ++i) {
            BOOST_TEST(bench.say(there, std::string(1, static_cast<char>('a' + i))) == 1);
        }
        for (std::uint64_t i = 0; i < 5; ++i) ::io_uring_prep_close(&bench.ask(10 + i), 1);
        for (const answer& each : bench.collect()) {
            if (each.tag == 1) heard += buffers.text(each.buffer(), 0, each.result);
            if (each.tag != 1) others.push_back(each.tag);
            was_reordered = was_reordered || (each.tag != 1 && heard.size() < 5);
        }
        BOOST_TEST(heard == "abcde");
        BOOST_TEST(others.size() == 5U);
    }
    BOOST_TEST(was_reordered);
}

BOOST_AUTO_TEST_CASE(reordered_completions_keep_the_order_of_what_was_accepted) {
    const auto where = weir::net::endpoint::loopback(7000);
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        kernel_bench bench(256, seed);
        const int listener = bench.open_listener(7000);
        ::io_uring_prep_multishot_accept(&bench.ask(1), listener, nullptr, nullptr, 0);
        for (std::uint64_t i = 0; i < 5; ++i) {
            const int client = bench.system.socket(AF_INET, SOCK_STREAM, 0);
            ::io_uring_prep_connect(&bench.ask(10 + i), client, where.native(),
                                    where.native_size());
        }
        bench.time.faults().rate(fault::reordered_completions, 0.7);
        std::vector<int> accepted;
        for (const answer& each : bench.collect()) {
            if (each.tag == 1) accepted.push_back(each.result);
        }
        BOOST_TEST(accepted.size() == 5U);
        BOOST_TEST(std::is_sorted(accepted.begin(), accepted.end()));
    }
}

BOOST_AUTO_TEST_CASE(a_late_cancel_completes_a_second_later) {
    kernel_bench bench;
    std::array<char, 8> memory{};
    const int there = ask_waiting_receive(bench, 1, memory);
    bench.time.faults().rate(fault::late_cancel, 1);
    ask_cancel(bench, 2, 1);
    BOOST_TEST((tags_of(bench.collect()) == std::vector<std::uint64_t>{2}));
    BOOST_TEST(bench.say(there, "late") == 4);
    BOOST_TEST(bench.run_for(990ms).empty());
    const auto all = bench.run_for(20ms);
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].result == -ECANCELED);
    BOOST_TEST(memory[0] == 0);
}

BOOST_AUTO_TEST_CASE(a_lost_cancel_still_ends_the_request) {
    kernel_bench bench;
    std::array<char, 8> memory{};
    ask_waiting_receive(bench, 1, memory);
    bench.time.faults().rate(fault::lost_cancel, 1);
    ask_cancel(bench, 2, 1);
    BOOST_TEST((tags_of(bench.collect()) == std::vector<std::uint64_t>{2}));
    const auto all = bench.run_for(2ms);
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].tag == 1U);
    BOOST_TEST(all[0].result == -ECANCELED);
}

BOOST_AUTO_TEST_CASE(what_arrives_in_spite_of_a_lost_cancel_is_the_result) {
    kernel_bench bench;
    std::array<char, 8> memory{};
    const int there = ask_waiting_receive(bench, 1, memory);
    bench.time.faults().rate(fault::lost_cancel, 1);
    ask_cancel(bench, 2, 1);
    BOOST_TEST(bench.collect().size() == 1U);
    BOOST_TEST(bench.say(there, "hello") == 5);
    const auto all = bench.run_for(2ms);
    BOOST_REQUIRE(all.size() == 1U);
    BOOST_TEST(all[0].result == 5);
}

BOOST_AUTO_TEST_CASE(a_wait_that_nothing_could_end_is_a_hang_and_told_once) {
    kernel_bench bench;
    std::array<char, 8> memory{};
    ask_waiting_receive(bench, 1, memory);
    BOOST_TEST(bench.collect().empty());
    BOOST_TEST(!bench.system.take_hang());
    static_cast<void>(bench.system.enter(true, simulated_kernel::time_point::max()));
    BOOST_TEST(bench.system.take_hang());
    BOOST_TEST(!bench.system.take_hang());
    BOOST_TEST(bench.run_for(1s).empty());  // this one has an end
    BOOST_TEST(!bench.system.take_hang());
}

BOOST_AUTO_TEST_CASE(a_wait_ends_at_its_deadline_in_no_time) {
    kernel_bench bench;
    const auto begin = bench.system.now();
    BOOST_TEST(bench.run_for(1h).empty());
    BOOST_TEST((bench.system.now() == begin + 1h));
    bench.home.jump_clock(2h);
    BOOST_TEST((bench.system.now() == begin + 3h));
    BOOST_TEST((bench.time.now() == begin + 1h));
}

BOOST_AUTO_TEST_CASE(a_message_reaches_the_ring_that_it_names) {
    kernel_bench bench;
    simulated_kernel other(bench.home, 8, 8);
    ::io_uring_prep_msg_ring(&bench.ask(1), other.ring_fd(), 7, 42, 0);
    ::io_uring_prep_msg_ring(&bench.ask(2), other.ring_fd() + 1, 7, 42, 0);
    const auto all = bench.collect();
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0].result == 0);
    BOOST_TEST(all[1].result == -EBADFD);
    BOOST_TEST(other.enter(false, {}) == 0);
    std::vector<answer> arrived;
    other.for_each_completion(8, [&](const io_uring_cqe& each) { arrived.emplace_back(each); });
    BOOST_REQUIRE(arrived.size() == 1U);
    BOOST_TEST(arrived[0].tag == 42U);
    BOOST_TEST(arrived[0].result == 7);
}

BOOST_AUTO_TEST_CASE(a_number_that_is_not_open_is_a_bad_descriptor) {
    kernel_bench bench;
    const int fd = bench.open_pair().first;
    ::io_uring_prep_close(&bench.ask(1), fd);
    ::io_uring_prep_close(&bench.ask(2), fd);
    ::io_uring_prep_poll_add(&bench.ask(3), fd, POLLIN);
    std::map<std::uint64_t, int> results;
    for (const answer& each : bench.collect()) results[each.tag] = each.result;
    BOOST_TEST(results[1] == 0);
    BOOST_TEST(results[2] == -EBADF);
    BOOST_TEST(results[3] == -EBADF);
    BOOST_TEST(bench.say(fd, "x") == -EBADF);
}

BOOST_AUTO_TEST_CASE(a_request_that_is_to_fail_has_no_effect) {
    kernel_bench bench;
    std::array<char, 8> memory{};
    const auto [here, there] = bench.open_pair();
    bench.time.faults().fail_request(2, EIO);
    ::io_uring_prep_poll_add(&bench.ask(1), there, POLLOUT);
    ::io_uring_prep_send(&bench.ask(2), there, "lost", 4, 0);
    ::io_uring_prep_recv(&bench.ask(3), here, memory.data(), memory.size(), MSG_DONTWAIT);
    std::map<std::uint64_t, int> results;
    for (const answer& each : bench.collect()) results[each.tag] = each.result;
    BOOST_TEST(results[1] == POLLOUT);
    BOOST_TEST(results[2] == -EIO);
    BOOST_TEST(results[3] == -EAGAIN);
}

BOOST_AUTO_TEST_CASE(a_dead_process_gets_no_answer_but_the_end_of_all) {
    kernel_bench bench;
    std::array<char, 8> memory{};
    const int there = ask_waiting_receive(bench, 1, memory);
    BOOST_TEST(bench.collect().empty());
    bench.system.die();
    ::io_uring_prep_send(&bench.ask(2), there, "lost", 4, 0);
    const auto all = bench.collect();
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST((tags_of(all) == std::vector<std::uint64_t>{1, 2}));
    for (const answer& each : all) BOOST_TEST(each.result == -ECANCELED);
    BOOST_TEST(bench.say(there, "lost") == -ECANCELED);
    BOOST_TEST(bench.system.socket(AF_INET, SOCK_STREAM, 0) == -EIO);
    BOOST_TEST(memory[0] == 0);
    // Its own time goes on, that of the others does not.
    const auto world_time = bench.time.now();
    const auto own_time = bench.system.now();
    static_cast<void>(bench.system.enter(true, own_time + 1h));
    BOOST_TEST((bench.system.now() == own_time + 1h));
    BOOST_TEST((bench.time.now() == world_time));
}

BOOST_AUTO_TEST_CASE(only_known_kinds_of_sockets_are_made) {
    kernel_bench bench;
    BOOST_TEST(bench.system.socket(AF_APPLETALK, SOCK_STREAM, 0) == -EAFNOSUPPORT);
    BOOST_TEST(bench.system.socket(AF_INET, SOCK_RAW, 0) == -ESOCKTNOSUPPORT);
    BOOST_TEST(bench.system.socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0);
    bench.time.faults().at(fault::no_descriptor, 1);
    BOOST_TEST(bench.system.socket(AF_INET, SOCK_STREAM, 0) == -EMFILE);
}

BOOST_AUTO_TEST_SUITE_END()
