// SPDX-License-Identifier: Apache-2.0
// record_engine: it goes on where OpenSSL stopped, however the bytes are cut, and what a peer may
// not say ends the connection with the alert that the RFC names.
#include "tls/record_engine.hpp"

#include "engine_pair.hpp"

#include <weir/tls/error.hpp>

#include <boost/test/unit_test.hpp>

#include <malloc.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(record_engine_test)

namespace {

using weir::as_bytes;
using weir::test::collected_wire;
using weir::test::engine_pair;
using weir::test::trusting_contexts;
using weir::tls::cipher_suite;
using weir::tls::content_type;
using weir::tls::errc;
using weir::tls::record_engine;
using weir::tls::traffic_keys;
using weir::tls::traffic_secret;
using step = record_engine::step;
using memory = std::vector<std::byte>;
using namespace std::string_literals;

constexpr auto suite = cipher_suite::aes_128_gcm_sha256;
traffic_secret client_secret() { return traffic_secret(memory(32, std::byte{1})); }
traffic_secret server_secret() { return traffic_secret(memory(32, std::byte{2})); }

/// A server's end without a handshake, and the keys of a client that says what it likes.
class wild_client {
public:
    wild_client() : keys(suite, client_secret(), 0), answers(suite, server_secret(), 0) {}

    [[nodiscard]] memory record(content_type type, std::string_view contents) {
        memory made(contents.size() + traffic_keys::overhead_bytes);
        keys.seal(type, as_bytes(contents), made);
        return made;
    }
    /// How the server takes these bytes.
    step say(const memory& wire) {
        server.feed(wire);
        step last = step::done;
        while (last == step::done) {
            memory into(1 << 17);
            std::size_t size = 0;
            last = server.read(into, size, out);
            if (last == step::done) heard += weir::as_text(weir::bytes(into).first(size));
        }
        return last;
    }
    step say(content_type type, std::string_view contents) { return say(record(type, contents)); }
    /// The next record that the server has answered, opened; empty = nothing.
    [[nodiscard]] std::string answer() {
        if (out.sent.empty()) return {};
        const std::size_t size = traffic_keys::header_bytes +
                                 (std::to_integer<std::size_t>(out.sent.at(3)) << 8U) +
                                 std::to_integer<std::size_t>(out.sent.at(4));
        BOOST_REQUIRE(size <= out.sent.size());
        const auto end = out.sent.begin() + static_cast<std::ptrdiff_t>(size);
        const memory sent(out.sent.begin(), end);
        out.sent.erase(out.sent.begin(), end);
        memory into(sent.size());
        const auto opened = answers.open(sent, into);
        BOOST_REQUIRE(opened.has_value());
        return std::string(weir::as_text(weir::bytes(into).first(opened->size)));
    }
    /// Says something that may not be said.
    void check_refused(const memory& wire, char alert) {
        BOOST_TEST((say(wire) == step::failed));
        BOOST_TEST((server.error() == errc::bad_record));
        BOOST_TEST(answer() == "\x02"s + alert);
        BOOST_TEST((say(content_type::application_data, "more") == step::failed));
        BOOST_TEST((server.write(as_bytes("more"), out) == step::failed));
        BOOST_TEST(answer().empty());
    }

    traffic_keys keys;
    traffic_keys answers;
    record_engine server{suite, client_secret(), server_secret(), 0};
    collected_wire out;
    std::string heard;
};

constexpr char unexpected_message = 10;
constexpr char bad_record_mac = 20;
constexpr char record_overflow = 22;
constexpr char illegal_parameter = 47;
constexpr char decode_error = 50;
const std::string key_update_only = "\x18\x00\x00\x01\x00"s;
const std::string key_update_please = "\x18\x00\x00\x01\x01"s;

std::string read_all(record_engine& from, weir::bytes wire, collected_wire& out,
                     std::size_t room = 100'000) {
    std::string text;
    from.feed(wire);
    for (;;) {
        memory into(room);
        std::size_t size = 0;
        const step last = from.read(into, size, out);
        if (last != step::done) return text;
        text += weir::as_text(weir::bytes(into).first(size));
    }
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(it_goes_on_where_openssl_stopped_however_the_bytes_are_cut,
                        trusting_contexts) {
    const std::string text(40'000, 'x');
    for (const std::size_t piece : {1U, 4U, 5U, 6U, 100U, 16'406U, 16'407U, 1'000'000U}) {
        engine_pair pair(client, server);
        pair.shake(piece);
        BOOST_REQUIRE(pair.is_agreed);
        const auto light = record_engine::take_over(pair.server.engine);
        BOOST_REQUIRE(light != nullptr);
        BOOST_REQUIRE((light->write(as_bytes("welcome"), pair.server.wire) == step::done));
        BOOST_TEST(pair.client.read(pair.server.take_sent()) == "welcome");
        BOOST_REQUIRE((pair.client.engine.write(as_bytes(text), pair.client.wire) == step::done));
        const auto sent = pair.client.take_sent();
        std::string arrived;
        for (weir::bytes left = sent; !left.empty();) {
            const weir::bytes next = left.first(std::min(piece, left.size()));
            arrived += read_all(*light, next, pair.server.wire);
            left = left.subspan(next.size());
        }
        BOOST_TEST((arrived == text));
        BOOST_TEST(!light->holds_bytes());
        BOOST_REQUIRE((light->write(as_bytes(text), pair.server.wire) == step::done));
        BOOST_TEST((pair.client.read(pair.server.take_sent()) == text));
    }
}

BOOST_FIXTURE_TEST_CASE(each_end_may_renew_its_keys_and_have_the_other_do_so, trusting_contexts) {
    engine_pair pair(client, server);
    pair.shake();
    const auto light = record_engine::take_over(pair.server.engine);
    BOOST_REQUIRE(light != nullptr);
    for (int i = 0; i < 5; ++i) {
        BOOST_TEST(SSL_key_update(pair.client.engine.native(), SSL_KEY_UPDATE_REQUESTED) == 1);
        if (i % 2 == 0) light->renew_keys(true, pair.server.wire);
        BOOST_REQUIRE(
            (pair.client.engine.write(as_bytes("question"), pair.client.wire) == step::done));
        BOOST_TEST(read_all(*light, pair.client.take_sent(), pair.server.wire) == "question");
        BOOST_REQUIRE((light->write(as_bytes("answer"), pair.server.wire) == step::done));
        BOOST_TEST(pair.client.read(pair.server.take_sent()) == "answer");
    }
}

BOOST_FIXTURE_TEST_CASE(ends_are_told_apart_by_both, trusting_contexts) {
    engine_pair pair(client, server);
    pair.shake();
    const auto light = record_engine::take_over(pair.server.engine);
    BOOST_REQUIRE(light != nullptr);
    static_cast<void>(light->close(pair.server.wire));
    static_cast<void>(light->close(pair.server.wire));
    BOOST_TEST((light->write(as_bytes("more"), pair.server.wire) == step::failed));
    BOOST_TEST(pair.client.read(pair.server.take_sent()).empty());
    BOOST_TEST((pair.client.last == step::closed));
    static_cast<void>(pair.client.engine.close(pair.client.wire));
    const auto sent = pair.client.take_sent();
    light->feed(sent);
    memory into(100);
    std::size_t size = 0;
    BOOST_TEST((light->read(into, size, pair.server.wire) == step::closed));
    BOOST_TEST((light->read(into, size, pair.server.wire) == step::closed));
}

BOOST_FIXTURE_TEST_CASE(an_older_version_and_a_client_stay_with_openssl, trusting_contexts) {
    engine_pair pair(client, server);
    pair.shake();
    BOOST_TEST(record_engine::take_over(pair.client.engine) == nullptr);
    weir::tls::client_options old;
    old.max_version = weir::tls::version::tls_1_2;
    engine_pair older(weir::test::trusting(authority.pem(), old), server);
    older.shake();
    BOOST_REQUIRE(older.is_agreed);
    BOOST_TEST(record_engine::take_over(older.server.engine) == nullptr);
}

BOOST_FIXTURE_TEST_CASE(who_has_asked_for_short_records_gets_them, trusting_contexts) {
    for (const int limit : {TLSEXT_max_fragment_length_512, TLSEXT_max_fragment_length_4096}) {
        engine_pair pair(client, server);
        SSL* const asking = pair.client.engine.native();
        const auto mode = static_cast<std::uint8_t>(limit);
        BOOST_REQUIRE(SSL_set_tlsext_max_fragment_length(asking, mode) == 1);
        pair.shake();
        BOOST_REQUIRE(pair.is_agreed);
        BOOST_TEST(record_engine::take_over(pair.server.engine) == nullptr);
        const std::string text(10'000, 'x');
        BOOST_REQUIRE((pair.server.engine.write(as_bytes(text), pair.server.wire) == step::done));
        BOOST_TEST((pair.client.read(pair.server.take_sent()) == text));
    }
}

BOOST_AUTO_TEST_CASE(a_record_waits_for_enough_room) {
    wild_client client;
    const memory wire = client.record(content_type::application_data, std::string(100, 'a'));
    for (const std::size_t cut : {std::size_t{0}, std::size_t{3}, std::size_t{60}, wire.size()}) {
        wild_client other;
        std::size_t size = 0;
        memory into(100);
        other.server.feed(weir::bytes(wire).first(cut));
        if (cut != wire.size()) {
            BOOST_TEST((other.server.read(into, size, other.out) == step::needs_wire));
            other.server.feed(weir::bytes(wire).subspan(cut));
        }
        for (int i = 0; i < 2; ++i) {
            BOOST_TEST((other.server.read(into, size, other.out) == step::needs_room));
        }
        into.resize(101);
        BOOST_TEST((other.server.read(into, size, other.out) == step::done));
        BOOST_TEST(size == 100U);
    }
}

BOOST_AUTO_TEST_CASE(a_record_that_is_announced_holds_no_more_memory_than_came_of_it) {
    const auto heap_in_use = [] {
        const auto state = ::mallinfo2();
        return state.uordblks + state.hblkhd;
    };
    constexpr std::size_t count = 100;
    wild_client client;
    const memory wire = client.record(content_type::application_data, std::string(16'384, 'a'));
    std::vector<wild_client> ends(count);
    memory into(16'385);
    std::size_t size = 0;
    const std::size_t before = heap_in_use();
    for (wild_client& each : ends) {
        each.server.feed(weir::bytes(wire).first(6));
        BOOST_TEST((each.server.read(into, size, each.out) == step::needs_wire));
        BOOST_TEST(each.server.max_held_bytes() == 6U);
    }
    BOOST_TEST(heap_in_use() - before < count * 512);
    for (wild_client& each : ends) {
        step last = step::needs_wire;
        for (std::size_t at = 6; at < wire.size() && last == step::needs_wire; at += 10) {
            each.server.feed(
                weir::bytes(wire).subspan(at).first(std::min<std::size_t>(10, wire.size() - at)));
            last = each.server.read(into, size, each.out);
        }
        BOOST_TEST((last == step::done));
        BOOST_TEST(size == 16'384U);
        BOOST_TEST(each.server.max_held_bytes() == 0U);
    }
}

BOOST_AUTO_TEST_CASE(records_that_are_no_records_are_refused) {
    wild_client().check_refused(
        {std::byte{23}, std::byte{3}, std::byte{3}, std::byte{0x41}, std::byte{1}},
        record_overflow);
    wild_client().check_refused(
        {std::byte{20}, std::byte{3}, std::byte{3}, std::byte{0}, std::byte{1}, std::byte{1}},
        unexpected_message);
    wild_client().check_refused(
        {std::byte{23}, std::byte{3}, std::byte{3}, std::byte{0}, std::byte{0}}, bad_record_mac);
    wild_client client;
    memory changed = client.record(content_type::application_data, "hello");
    changed[9] ^= std::byte{1};
    client.check_refused(changed, bad_record_mac);
}

BOOST_AUTO_TEST_CASE(types_that_nobody_knows_are_refused) {
    for (const unsigned type : {0U, 20U, 24U, 255U}) {
        wild_client client;
        const auto record = client.record(static_cast<content_type>(type), "hello");
        // A type of zero is padding, and what is before it the type.
        client.check_refused(record, unexpected_message);
    }
}

BOOST_AUTO_TEST_CASE(a_record_of_nothing_but_padding_is_not_taken_for_a_forged_one) {
    for (const std::size_t size : {0U, 10U}) {
        wild_client client;
        const std::string padding(size, '\0');
        client.check_refused(client.record(content_type{}, padding), unexpected_message);
    }
}

BOOST_AUTO_TEST_CASE(of_the_handshake_only_new_keys_may_come) {
    for (const std::string& message : {""s, "\x01"s, "\x04\x00\x00\x00"s, key_update_only + "\x18",
                                       "\x0d\x00\x00\x00\x00\x00"s}) {
        wild_client client;
        client.check_refused(client.record(content_type::handshake, message), unexpected_message);
    }
    wild_client client;
    const memory neither = client.record(content_type::handshake, "\x18\x00\x00\x01\x02"s);
    client.check_refused(neither, illegal_parameter);
}

BOOST_AUTO_TEST_CASE(new_keys_of_another_length_are_no_message) {
    for (const std::string& message :
         {"\x18\x00\x00\x00"s, "\x18\x00\x00\x00\x00"s, "\x18\x00\x00\x02\x00"s,
          "\x18\x00\x00\x02\x00\x00"s, "\x18\x01\x00\x01\x00"s}) {
        wild_client client;
        client.check_refused(client.record(content_type::handshake, message), decode_error);
    }
}

BOOST_AUTO_TEST_CASE(new_keys_may_be_said_in_fragments_that_nothing_comes_between) {
    wild_client client;
    for (const char each : key_update_please) {
        BOOST_TEST((client.say(content_type::handshake, std::string(1, each)) == step::needs_wire));
    }
    client.keys.renew();
    BOOST_TEST((client.server.write(as_bytes("yes"), client.out) == step::done));
    BOOST_TEST(client.answer() == key_update_only);
    client.answers.renew();
    BOOST_TEST(client.answer() == "yes");
    BOOST_TEST((client.say(content_type::application_data, "hello") == step::needs_wire));
    BOOST_TEST(client.heard == "hello");
    BOOST_TEST((client.say(content_type::handshake, "\x18") == step::needs_wire));
    client.check_refused(client.record(content_type::application_data, "x"), unexpected_message);
}

BOOST_AUTO_TEST_CASE(many_requests_for_new_keys_are_met_once_before_the_next_contents) {
    wild_client client;
    for (int i = 0; i < 1000; ++i) {
        BOOST_TEST((client.say(content_type::handshake, key_update_please) == step::needs_wire));
        client.keys.renew();
    }
    BOOST_TEST(client.answer().empty());
    for (const char* const text : {"one", "two"}) {
        BOOST_TEST((client.server.write(as_bytes(text), client.out) == step::done));
    }
    BOOST_TEST(client.answer() == key_update_only);
    client.answers.renew();
    BOOST_TEST(client.answer() == "one");
    BOOST_TEST(client.answer() == "two");
    BOOST_TEST(client.answer().empty());
}

BOOST_AUTO_TEST_CASE(new_keys_that_we_ask_for_do_not_meet_the_peers_request) {
    wild_client client;
    BOOST_TEST((client.say(content_type::handshake, key_update_please) == step::needs_wire));
    client.server.renew_keys(true, client.out);
    BOOST_TEST(client.answer() == key_update_please);
    client.answers.renew();
    BOOST_TEST((client.server.write(as_bytes("yes"), client.out) == step::done));
    BOOST_TEST(client.answer() == key_update_only);
    client.answers.renew();
    BOOST_TEST(client.answer() == "yes");
}

BOOST_AUTO_TEST_CASE(new_keys_that_are_owed_are_forgotten_at_the_end) {
    wild_client client;
    BOOST_TEST((client.say(content_type::handshake, key_update_please) == step::needs_wire));
    client.keys.renew();
    BOOST_TEST((client.server.close(client.out) == step::done));
    BOOST_TEST(client.answer() == "\x01\x00"s);
    BOOST_TEST((client.say(content_type::handshake, key_update_please) == step::needs_wire));
    client.keys.renew();
    BOOST_TEST((client.server.write(as_bytes("more"), client.out) == step::failed));
    BOOST_TEST(client.answer().empty());
    BOOST_TEST((client.say(content_type::application_data, "still heard") == step::needs_wire));
    BOOST_TEST(client.heard == "still heard");
}

BOOST_AUTO_TEST_CASE(one_who_renews_its_keys_again_and_again_at_once_is_refused) {
    for (const bool is_too_often : {false, true}) {
        wild_client client;
        memory wire;
        for (int i = 0; i < (is_too_often ? 33 : 32); ++i) {
            const memory update = client.record(content_type::handshake, key_update_only);
            wire.insert(wire.end(), update.begin(), update.end());
            client.keys.renew();
        }
        if (is_too_often) {
            client.check_refused(wire, unexpected_message);
        } else {
            BOOST_TEST((client.say(wire) == step::needs_wire));
        }
    }
}

BOOST_AUTO_TEST_CASE(alerts_end_it_and_those_that_mean_nothing_do_not) {
    wild_client client;
    BOOST_TEST((client.say(content_type::alert, "\x01\x5A"s) == step::needs_wire));
    BOOST_TEST((client.say(content_type::alert, "\x02\x28"s) == step::failed));
    BOOST_TEST((client.server.error() == std::error_code(40, weir::tls::alert_category())));
    BOOST_TEST(client.answer().empty());
    for (const std::string& alert : {""s, "\x01"s, "\x01\x00\x00"s}) {
        wild_client other;
        other.check_refused(other.record(content_type::alert, alert), decode_error);
    }
}

BOOST_AUTO_TEST_CASE(one_who_says_nothing_again_and_again_is_refused) {
    wild_client client;
    for (int i = 0; i < 32; ++i) {
        BOOST_TEST((client.say(content_type::application_data, "") == step::needs_wire));
    }
    BOOST_TEST((client.say(content_type::application_data, "a") == step::needs_wire));
    for (int i = 0; i < 32; ++i) {
        BOOST_TEST((client.say(content_type::application_data, "") == step::needs_wire));
    }
    client.check_refused(client.record(content_type::application_data, ""), unexpected_message);
}

BOOST_AUTO_TEST_CASE(keys_that_are_worn_are_renewed) {
    constexpr std::uint64_t almost = (std::uint64_t{1} << 23U) - 1;
    record_engine server(suite, client_secret(), server_secret(), almost);
    traffic_keys reader(suite, server_secret(), almost);
    collected_wire out;
    BOOST_REQUIRE((server.write(as_bytes("last"), out) == step::done));
    const memory sent = std::exchange(out.sent, {});
    const std::size_t size = 4 + traffic_keys::overhead_bytes;
    memory into(100);
    BOOST_TEST(reader.open(weir::bytes(sent).first(size), into).has_value());
    const auto update = reader.open(weir::bytes(sent).subspan(size), into);
    BOOST_REQUIRE(update.has_value());
    BOOST_TEST((update->type == content_type::handshake));
    reader.renew();
    BOOST_REQUIRE((server.write(as_bytes("first"), out) == step::done));
    BOOST_TEST(reader.open(out.sent, into).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
