// SPDX-License-Identifier: Apache-2.0
// send_buffer: shared bytes, freed once.
#include <weir/io/send_buffer.hpp>

#include <boost/test/unit_test.hpp>

#include <thread>
#include <utility>
#include <vector>

using weir::send_buffer;

BOOST_AUTO_TEST_SUITE(send_buffer_test)

BOOST_AUTO_TEST_CASE(an_empty_handle_has_no_bytes_and_no_users) {
    const send_buffer none;
    BOOST_TEST(none.empty());
    BOOST_TEST(none.users() == 0U);
    BOOST_TEST(none.view().empty());
}

BOOST_AUTO_TEST_CASE(copies_share_the_same_bytes) {
    const send_buffer first(weir::as_bytes("hello"));
    const send_buffer second = first;
    BOOST_TEST(second.view().data() == first.view().data());
    BOOST_TEST(weir::as_text(second.view()) == "hello");
    BOOST_TEST(first.users() == 2U);
}

BOOST_AUTO_TEST_CASE(a_move_leaves_the_old_handle_empty) {
    send_buffer first(weir::as_bytes("hello"));
    const send_buffer second = std::move(first);
    BOOST_TEST(second.users() == 1U);
    BOOST_TEST(second.size() == 5U);
}

BOOST_AUTO_TEST_CASE(assigning_a_handle_to_itself_keeps_the_bytes) {
    send_buffer only(weir::as_bytes("hello"));
    const send_buffer& same = only;
    only = same;
    BOOST_TEST(weir::as_text(only.view()) == "hello");
    BOOST_TEST(only.users() == 1U);
}

BOOST_AUTO_TEST_CASE(the_maker_fills_it_in_before_sharing) {
    send_buffer made = send_buffer::with_size(3);
    made.writable()[0] = made.writable()[1] = made.writable()[2] = std::byte{'x'};
    BOOST_TEST(weir::as_text(made.view()) == "xxx");
}

BOOST_AUTO_TEST_CASE(handles_may_be_copied_and_dropped_on_any_thread) {
    const send_buffer shared(weir::as_bytes("hello"));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([copy = shared] {
            for (int turn = 0; turn < 10'000; ++turn) {
                const send_buffer another = copy;
                static_cast<void>(another.size());
            }
        });
    }
    for (std::thread& each : threads) each.join();
    BOOST_TEST(shared.users() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
