// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/protocol/message_buffer.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <new>
#include <thread>

namespace ws = weir::ws;

BOOST_AUTO_TEST_SUITE(message_buffer_test)

namespace {
void append(ws::message_buffer& buffer, std::size_t count, std::size_t expected, std::byte value) {
    buffer.make_room(count, expected);
    std::fill_n(buffer.spare().begin(), count, value);
    buffer.commit(count);
}
}  // namespace

BOOST_AUTO_TEST_CASE(a_large_announcement_reserves_no_more_than_64_kib_at_first) {
    std::size_t capacity = 0;
    // A thread of its own has no spare block of an earlier message.
    std::thread([&capacity] {
        ws::message_buffer buffer;
        buffer.make_room(10, std::size_t{1} << 40U);
        capacity = buffer.capacity();
    }).join();
    BOOST_TEST(capacity >= 10U);
    BOOST_TEST(capacity <= (std::size_t{64} << 10U));
}

BOOST_AUTO_TEST_CASE(room_never_exceeds_four_times_what_has_arrived) {
    const std::size_t total = std::size_t{16} << 20U;
    std::size_t most_over = 0;
    std::size_t at_the_end = 0;
    // A thread of its own has no spare block of an earlier message.
    std::thread([&] {
        ws::message_buffer buffer;
        while (buffer.size() < total) {
            append(buffer, 16384, total - buffer.size(), std::byte{1});
            const std::size_t allowed = std::max(std::size_t{512} << 10U, 4 * buffer.size());
            most_over =
                std::max(most_over, buffer.capacity() - std::min(buffer.capacity(), allowed));
        }
        at_the_end = buffer.capacity();
    }).join();
    BOOST_TEST(most_over == 0U);
    BOOST_TEST(at_the_end == total);
}

BOOST_AUTO_TEST_CASE(trimming_gives_back_what_was_not_written) {
    ws::message_buffer buffer;
    buffer.make_room(100'000, 100'000);
    append(buffer, 10, 10, std::byte{7});
    buffer.trim();
    BOOST_TEST(buffer.capacity() == 10U);
    BOOST_TEST((buffer.view()[9] == std::byte{7}));
    append(buffer, 5, 5, std::byte{8});
    BOOST_TEST((buffer.view()[14] == std::byte{8}));
    ws::message_buffer empty;
    empty.make_room(100, 100);
    empty.trim();
    BOOST_TEST(empty.capacity() == 0U);
}

BOOST_AUTO_TEST_CASE(many_small_frames_grow_the_buffer_seldom) {
    ws::message_buffer buffer;
    std::size_t growths = 0;
    for (int i = 0; i < 100'000; ++i) {
        const std::size_t before = buffer.capacity();
        append(buffer, 10, 10, static_cast<std::byte>(i));
        if (buffer.capacity() != before) ++growths;
    }
    BOOST_TEST(growths < 25U);
    for (std::size_t i = 0; i < buffer.size(); ++i) {
        BOOST_REQUIRE(buffer.view()[i] == static_cast<std::byte>(i / 10));
    }
}

BOOST_AUTO_TEST_CASE(moving_leaves_an_empty_buffer_behind) {
    ws::message_buffer one;
    append(one, 5, 5, std::byte{7});
    ws::message_buffer two = std::move(one);
    BOOST_TEST(two.size() == 5U);
    BOOST_TEST(one.empty());
    BOOST_TEST(one.capacity() == 0U);
    one = std::move(two);
    BOOST_TEST(one.size() == 5U);
}

BOOST_AUTO_TEST_CASE(a_released_large_block_is_used_again) {
    const std::byte* first = nullptr;
    {
        ws::message_buffer buffer;
        append(buffer, 100'000, 100'000, std::byte{1});
        first = buffer.view().data();
    }
    ws::message_buffer buffer;
    buffer.make_room(90'000, 90'000);
    BOOST_TEST(buffer.spare().data() == first);
}

BOOST_AUTO_TEST_CASE(a_size_that_cannot_be_is_refused) {
    ws::message_buffer buffer;
    append(buffer, 10, 10, std::byte{1});
    BOOST_CHECK_THROW(buffer.make_room(SIZE_MAX, SIZE_MAX), std::bad_alloc);
    BOOST_TEST(buffer.size() == 10U);
}

BOOST_AUTO_TEST_SUITE_END()
