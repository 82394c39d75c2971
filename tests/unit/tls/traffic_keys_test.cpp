// SPDX-License-Identifier: Apache-2.0
// traffic_keys: the records of RFC 8448 3, byte for byte, and that none is taken that was changed.
#include "tls/traffic_keys.hpp"

#include "secret_memory.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(traffic_keys_test)

namespace {

using weir::test::from_hexadecimal;
using weir::test::is_in_heap;
using weir::tls::cipher_suite;
using weir::tls::content_type;
using weir::tls::traffic_keys;
using weir::tls::traffic_secret;

using memory = std::vector<std::byte>;

traffic_secret client_secret() {
    return traffic_secret(
        from_hexadecimal("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5"));
}
const std::string_view client_record =
    "1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b395bd54a9a20441e"
    "2b62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4";

/// 0, 1, ... 49.
memory counted() {
    memory out(50);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::byte>(i);
    return out;
}

memory sealed(traffic_keys& with, content_type type, weir::bytes contents) {
    memory record(contents.size() + traffic_keys::overhead_bytes);
    with.seal(type, contents, record);
    return record;
}

traffic_secret some_secret(std::size_t size) { return traffic_secret(memory(size, std::byte{7})); }

class suite_of {
public:
    suite_of(cipher_suite suite_, std::size_t secret_bytes_)
        : suite(suite_), secret_bytes(secret_bytes_) {}
    cipher_suite suite;
    std::size_t secret_bytes;
};
const suite_of all_suites[] = {{cipher_suite::aes_128_gcm_sha256, 32},
                               {cipher_suite::aes_256_gcm_sha384, 48},
                               {cipher_suite::chacha20_poly1305_sha256, 32}};

}  // namespace

BOOST_AUTO_TEST_CASE(keys_follow_from_the_secret_as_in_the_rfc) {
    memory key(16);
    memory vector(12);
    client_secret().expand("key", key);
    client_secret().expand("iv", vector);
    BOOST_TEST((key == from_hexadecimal("17422dda596ed5d9acd890e3c63f5051")));
    BOOST_TEST((vector == from_hexadecimal("5b78923dee08579033e523d9")));
}

BOOST_AUTO_TEST_CASE(a_record_is_that_of_the_rfc) {
    traffic_keys keys(cipher_suite::aes_128_gcm_sha256, client_secret(), 0);
    BOOST_TEST((sealed(keys, content_type::application_data, counted()) ==
                from_hexadecimal(client_record)));
    traffic_keys others(cipher_suite::aes_128_gcm_sha256, client_secret(), 0);
    memory into(100);
    const auto opened = others.open(from_hexadecimal(client_record), into);
    BOOST_REQUIRE(opened.has_value());
    BOOST_TEST((opened->type == content_type::application_data));
    BOOST_TEST((memory(into.begin(), into.begin() + 50) == counted()));
    BOOST_TEST(opened->size == 50U);
}

BOOST_AUTO_TEST_CASE(records_of_every_suite_are_opened_in_their_order) {
    for (const suite_of& each : all_suites) {
        traffic_keys sender(each.suite, some_secret(each.secret_bytes), 3);
        traffic_keys receiver(each.suite, some_secret(each.secret_bytes), 3);
        for (const std::size_t size : {0U, 1U, 100U, 16'384U}) {
            const memory contents(size, std::byte{9});
            const memory record = sealed(sender, content_type::handshake, contents);
            memory into(record.size());
            const auto opened = receiver.open(record, into);
            BOOST_REQUIRE(opened.has_value());
            BOOST_TEST((opened->type == content_type::handshake));
            into.resize(opened->size);
            BOOST_TEST((into == contents));
        }
        BOOST_TEST(sender.next_record() == 7U);
    }
}

BOOST_AUTO_TEST_CASE(connections_that_take_turns_do_not_mix_their_keys) {
    for (const suite_of& each : all_suites) {
        traffic_keys one(each.suite, some_secret(each.secret_bytes), 0);
        traffic_keys other(each.suite, traffic_secret(memory(each.secret_bytes, std::byte{8})), 0);
        traffic_keys one_end(each.suite, some_secret(each.secret_bytes), 0);
        for (int i = 0; i < 4; ++i) {
            const memory record = sealed(one, content_type::application_data, counted());
            BOOST_TEST((record != sealed(other, content_type::application_data, counted())));
            memory into(100);
            BOOST_TEST(one_end.open(record, into).has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_record_that_was_changed_anywhere_is_none_and_nothing_of_it_is_seen) {
    const memory record = from_hexadecimal(client_record);
    for (std::size_t i = 0; i < record.size(); ++i) {
        traffic_keys keys(cipher_suite::aes_128_gcm_sha256, client_secret(), 0);
        memory changed = record;
        changed[i] ^= std::byte{0x10};
        memory into(100, std::byte{0});
        BOOST_TEST(!keys.open(changed, into).has_value(), "at byte " << i);
        BOOST_TEST((into == memory(100, std::byte{0})));
    }
    for (std::size_t size = 0; size < record.size(); ++size) {
        traffic_keys keys(cipher_suite::aes_128_gcm_sha256, client_secret(), 0);
        memory into(100);
        BOOST_TEST(!keys.open(weir::bytes(record).first(size), into).has_value());
    }
}

BOOST_AUTO_TEST_CASE(a_record_that_comes_again_or_too_early_is_none) {
    traffic_keys sender(cipher_suite::aes_128_gcm_sha256, client_secret(), 0);
    const memory first = sealed(sender, content_type::application_data, counted());
    const memory second = sealed(sender, content_type::application_data, counted());
    BOOST_TEST((first != second));
    memory into(100);
    traffic_keys receiver(cipher_suite::aes_128_gcm_sha256, client_secret(), 0);
    BOOST_TEST(receiver.open(first, into).has_value());
    BOOST_TEST(!receiver.open(first, into).has_value());
    traffic_keys early(cipher_suite::aes_128_gcm_sha256, client_secret(), 0);
    BOOST_TEST(!early.open(second, into).has_value());
}

BOOST_AUTO_TEST_CASE(new_keys_open_only_what_new_keys_have_sealed) {
    for (const suite_of& each : all_suites) {
        traffic_keys sender(each.suite, some_secret(each.secret_bytes), 5);
        traffic_keys receiver(each.suite, some_secret(each.secret_bytes), 5);
        traffic_keys late(each.suite, some_secret(each.secret_bytes), 0);
        sender.renew();
        receiver.renew();
        BOOST_TEST(sender.next_record() == 0U);
        memory into(100);
        const memory record = sealed(sender, content_type::application_data, counted());
        BOOST_TEST(receiver.open(record, into).has_value());
        BOOST_TEST(!late.open(record, into).has_value());
    }
}

BOOST_AUTO_TEST_CASE(no_cipher_knows_a_key_longer_than_its_connection_does) {
    for (const suite_of& each : all_suites) {
        for (const bool is_renewed : {false, true}) {
            const traffic_secret secret = some_secret(each.secret_bytes);
            std::array<std::byte, 16> key{};  // the beginning of it, outside of the heap
            std::array<std::byte, 32> whole{};
            const bool is_short = each.suite == cipher_suite::aes_128_gcm_sha256;
            secret.expand("key", weir::mutable_bytes(whole).first(is_short ? 16 : 32));
            std::memcpy(key.data(), whole.data(), key.size());
            std::optional<traffic_keys> sender(std::in_place, each.suite, secret, 0);
            std::optional<traffic_keys> receiver(std::in_place, each.suite, secret, 0);
            memory into(100);
            const memory record = sealed(*sender, content_type::application_data, counted());
            BOOST_TEST(receiver->open(record, into).has_value());
            if (is_renewed) {
                sender->renew();
                receiver->renew();
            } else {
                sender.reset();
                receiver.reset();
            }
            BOOST_TEST(!is_in_heap(key));
            // Its cipher serves the next.
            traffic_keys next(each.suite, secret, 0);
            BOOST_TEST((sealed(next, content_type::application_data, counted()) == record));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_suite_has_secrets_of_one_size) {
    BOOST_TEST(!is_usable(cipher_suite::aes_128_gcm_sha256, some_secret(48)));
    BOOST_TEST(!is_usable(cipher_suite::aes_256_gcm_sha384, some_secret(32)));
    BOOST_TEST(!is_usable(cipher_suite::aes_128_gcm_sha256, traffic_secret()));
    BOOST_TEST(!is_usable(static_cast<cipher_suite>(0x1304), some_secret(32)));
    for (const suite_of& each : all_suites) {
        BOOST_TEST(is_usable(each.suite, some_secret(each.secret_bytes)));
    }
}

BOOST_AUTO_TEST_SUITE_END()
