// SPDX-License-Identifier: Apache-2.0
// engine: two ends agree and understand each other, however their bytes are cut; what was changed
// on the way is refused, and the end is told from being cut off.
#include "tls/engine.hpp"

#include "engine_pair.hpp"

#include <weir/tls/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(engine_test)

namespace {

using weir::as_bytes;
using weir::test::engine_pair;
using weir::test::trusting_contexts;
using weir::tls::engine;

std::string exchange(weir::test::engine_end& from, weir::test::engine_end& to,
                     const std::string& text, std::size_t piece) {
    BOOST_REQUIRE(from.engine.write(as_bytes(text), from.wire) == engine::step::done);
    const auto sent = from.take_sent();
    std::string arrived;
    for (weir::bytes left = sent; !left.empty();) {
        const weir::bytes next = left.first(std::min(piece, left.size()));
        arrived += to.read(next);
        left = left.subspan(next.size());
    }
    return arrived;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(they_understand_each_other_however_the_bytes_are_cut, trusting_contexts) {
    const std::string text(40'000, 'x');
    for (const std::size_t piece : {1U, 2U, 5U, 6U, 100U, 16384U, 16385U, 1000000U}) {
        engine_pair pair(client, server);
        pair.shake(piece);
        BOOST_REQUIRE(pair.is_agreed);
        const bool there = exchange(pair.client, pair.server, text, piece) == text;
        const bool back = exchange(pair.server, pair.client, "short", piece) == "short";
        BOOST_TEST(there);
        BOOST_TEST(back);
    }
}

BOOST_FIXTURE_TEST_CASE(nothing_of_the_callers_bytes_is_needed_after_the_call, trusting_contexts) {
    engine_pair pair(client, server);
    pair.shake();
    const auto written = pair.client.engine.write(as_bytes("hello"), pair.client.wire);
    BOOST_REQUIRE(written == engine::step::done);
    auto sent = pair.client.take_sent();
    const weir::bytes first = weir::bytes(sent).first(10);
    BOOST_TEST(pair.server.read(first).empty());
    BOOST_TEST(pair.server.engine.unread_wire().empty());
    BOOST_TEST(pair.server.engine.holds_bytes());
    std::fill_n(sent.begin(), 10, std::byte{0});
    BOOST_TEST(pair.server.read(weir::bytes(sent).subspan(10)) == "hello");
    BOOST_TEST(!pair.server.engine.holds_bytes());
}

BOOST_FIXTURE_TEST_CASE(each_changed_byte_of_a_record_is_refused, trusting_contexts) {
    for (std::size_t at = 0, size = 1; at < size; ++at) {
        engine_pair pair(client, server);
        pair.shake();
        const auto written =
            pair.client.engine.write(as_bytes("a secret message"), pair.client.wire);
        BOOST_REQUIRE(written == engine::step::done);
        auto sent = pair.client.take_sent();
        size = sent.size();
        sent[at] ^= std::byte{0x40};
        BOOST_TEST(pair.server.read(sent).empty());
        // A longer length is waited for: the bytes behind it decide.
        if (pair.server.last == engine::step::needs_wire) {
            BOOST_TEST(pair.server.read(std::vector<std::byte>(70'000)).empty());
        }
        BOOST_TEST((pair.server.last == engine::step::failed));
        const bool is_named = pair.server.engine.error().category() == weir::tls::category();
        BOOST_TEST(is_named);
        // The other end is told.
        BOOST_TEST(!pair.server.wire.sent.empty());
        const auto after = pair.server.engine.write(as_bytes("x"), pair.server.wire);
        BOOST_TEST((after == engine::step::failed));
    }
}

BOOST_FIXTURE_TEST_CASE(the_end_is_told_apart_from_silence, trusting_contexts) {
    engine_pair pair(client, server);
    pair.shake();
    static_cast<void>(pair.client.engine.close(pair.client.wire));
    BOOST_TEST(pair.server.read({}).empty());
    BOOST_TEST((pair.server.last == engine::step::needs_wire));
    BOOST_TEST(pair.server.read(pair.client.take_sent()).empty());
    BOOST_TEST((pair.server.last == engine::step::closed));
    // The other direction goes on.
    BOOST_TEST(exchange(pair.server, pair.client, "later", 100) == "later");
}

BOOST_FIXTURE_TEST_CASE(new_keys_in_the_running_connection_are_followed, trusting_contexts) {
    engine_pair pair(client, server);
    pair.shake();
    BOOST_REQUIRE(SSL_key_update(pair.client.engine.native(), SSL_KEY_UPDATE_REQUESTED) == 1);
    BOOST_TEST(exchange(pair.client, pair.server, "under new keys", 3) == "under new keys");
    // The server's answer leaves with its next words.
    BOOST_TEST(exchange(pair.server, pair.client, "here too", 3) == "here too");
    BOOST_TEST(exchange(pair.client, pair.server, "and on", 3) == "and on");
}

BOOST_FIXTURE_TEST_CASE(what_is_no_tls_is_named_so, trusting_contexts) {
    engine_pair pair(client, server);
    BOOST_TEST((pair.server.shake(as_bytes("GET / HTTP/1.1\r\n\r\n")) == engine::step::failed));
    BOOST_TEST((pair.server.engine.error() == weir::tls::errc::not_tls));
    engine_pair other(client, server);
    BOOST_TEST((other.client.shake({}) == engine::step::needs_wire));
    BOOST_TEST((other.client.shake(as_bytes("SSH-2.0-x\r\n")) == engine::step::failed));
    BOOST_TEST((other.client.engine.error() == weir::tls::errc::not_tls));
}

BOOST_AUTO_TEST_SUITE_END()
