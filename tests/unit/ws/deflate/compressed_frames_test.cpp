// SPDX-License-Identifier: Apache-2.0
#include "ws/deflate/compressed_frames.hpp"

#include "deflate_script.hpp"

#include <weir/ws/message.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace ws = weir::ws;
using ws::message_kind;
using ws::prepared_message;

BOOST_AUTO_TEST_SUITE(compressed_frames_test)

namespace {

const std::string text(5000, 'n');

}  // namespace

BOOST_AUTO_TEST_CASE(a_message_is_compressed_once_for_each_window) {
    ws::detail::compressed_frames frames;
    const auto of = [&](int bits) -> const weir::send_buffer& {
        return frames.frame(message_kind::text, weir::as_bytes(text), bits, 6);
    };
    const auto& first = of(15);
    BOOST_TEST(&of(15) == &first);
    BOOST_TEST(of(15).view().data() == first.view().data());
    BOOST_TEST(of(9).view().data() != first.view().data());
    BOOST_TEST(first.size() < 100U);
}

BOOST_AUTO_TEST_CASE(copies_of_a_prepared_message_share_what_was_compressed) {
    const prepared_message news(message_kind::text, weir::as_bytes(text));
    const prepared_message copy = news;
    const weir::send_buffer one = news.compressed_frame(15, 6);
    BOOST_TEST(one.view().data() == copy.compressed_frame(15, 6).view().data());
    BOOST_TEST(news.payload().size() == text.size());
}

BOOST_AUTO_TEST_CASE(a_client_reads_the_frame) {
    for (const int bits : {9, 12, 15}) {
        const prepared_message news(message_kind::text, weir::as_bytes(text));
        const weir::send_buffer frame = news.compressed_frame(bits, 6);
        const ws::limits limits;
        auto client =
            ws::script::deflating(ws::role::client, ws::deflate_parameters(15, bits), limits);
        const auto seen = ws::script::feed_whole(client, weir::as_text(frame.view()));
        ws::session plain(ws::role::client, limits);
        BOOST_TEST((seen == ws::script::feed_whole(plain, weir::as_text(news.frame().view()))));
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_shrink_or_is_tiny_has_no_compressed_frame) {
    std::string noise;
    unsigned state = 1;
    for (int i = 0; i < 500; ++i) {
        state = state * 1664525U + 1013904223U;
        noise += static_cast<char>(state >> 24U);
    }
    const prepared_message unshrinkable(message_kind::binary, weir::as_bytes(noise));
    BOOST_TEST(unshrinkable.compressed_frame(15, 9).empty());
    BOOST_TEST(unshrinkable.compressed_frame(15, 9).empty());
    const prepared_message tiny(message_kind::text, weir::as_bytes(std::string(127, 'a')));
    BOOST_TEST(tiny.compressed_frame(15, 9).empty());
}

BOOST_AUTO_TEST_CASE(threads_that_ask_at_once_get_the_same_frame) {
    for (int round = 0; round < 20; ++round) {
        const prepared_message news(message_kind::text, weir::as_bytes(text));
        std::atomic<int> waiting{0};
        std::vector<const std::byte*> seen(3);
        std::vector<std::thread> threads;
        for (auto& place : seen) {
            threads.emplace_back([&news, &waiting, &place] {
                for (++waiting; waiting < 3;) std::this_thread::yield();
                place = news.compressed_frame(15, 6).view().data();
            });
        }
        for (auto& thread : threads) thread.join();
        BOOST_TEST(seen[0] == seen[1]);
        BOOST_TEST(seen[0] == seen[2]);
    }
}

BOOST_AUTO_TEST_SUITE_END()
