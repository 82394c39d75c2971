// SPDX-License-Identifier: Apache-2.0
// HKDF: the secrets of RFC 8448 3, any length, and nothing left behind.
#include "tls/hkdf.hpp"

#include "secret_memory.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(hkdf_test)

namespace {

using weir::bytes;
using weir::test::from_hexadecimal;
using weir::tls::hash;

using memory = std::vector<std::byte>;

memory expanded(hash with, bytes secret, std::string_view label, bytes context, std::size_t size) {
    memory out(size);
    BOOST_TEST(weir::tls::expand_label(with, secret, weir::as_bytes(weir::tls::label_prefix),
                                       weir::as_bytes(label), context, out));
    return out;
}

memory extracted(bytes salt, bytes key) {
    memory out(32);
    weir::tls::extract(hash::sha_256, salt, key, out);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_schedule_of_the_rfc_is_followed) {
    const memory zeros(32);
    const memory early = extracted({}, zeros);
    BOOST_TEST((early == from_hexadecimal(
                             "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a")));
    const bytes nothing = weir::tls::hash_of_nothing(hash::sha_256);
    const memory derived = expanded(hash::sha_256, early, "derived", nothing, 32);
    BOOST_TEST(
        (derived ==
         from_hexadecimal("6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba")));
    const memory shared =
        from_hexadecimal("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d");
    BOOST_TEST(
        (extracted(derived, shared) ==
         from_hexadecimal("1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac")));
}

BOOST_AUTO_TEST_CASE(a_salt_of_nothing_is_one_of_zeros) {
    const memory key(5, std::byte{3});
    BOOST_TEST((extracted({}, key) == extracted(memory(32), key)));
}

BOOST_AUTO_TEST_CASE(more_than_one_block_begins_as_one_that_is_as_long) {
    for (const hash with : {hash::sha_256, hash::sha_384}) {
        const memory secret(weir::tls::bytes_of(with), std::byte{1});
        const std::size_t most = 255 * weir::tls::bytes_of(with);
        const memory all = expanded(with, secret, "exporter", {}, most);
        // The length is a part of what is hashed: another one gives other bytes.
        BOOST_TEST(
            (memory(all.begin(), all.begin() + 10) != expanded(with, secret, "exporter", {}, 10)));
        BOOST_TEST((memory(all.end() - 10, all.end()) != memory(10)));
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_its_length_is_refused) {
    const memory secret(32);
    const auto takes = [&](std::size_t label, std::size_t context, std::size_t size) {
        memory out(size);
        return weir::tls::expand_label(hash::sha_256, secret, memory(6), memory(label),
                                       memory(context), out);
    };
    BOOST_TEST(takes(249, 255, 255 * 32));
    BOOST_TEST(!takes(250, 0, 1));
    BOOST_TEST(!takes(1, 256, 1));
    BOOST_TEST(!takes(1, 0, 255 * 32 + 1));
    BOOST_TEST(takes(0, 0, 0));
}

BOOST_AUTO_TEST_CASE(no_secret_stays_in_memory) {
    for (const hash with : {hash::sha_256, hash::sha_384}) {
        std::array<std::byte, 48> secret{};  // outside of the heap
        for (std::size_t i = 0; i < secret.size(); ++i) secret[i] = static_cast<std::byte>(i + 100);
        std::array<std::byte, 32> made{};
        const bytes given = bytes(secret).first(weir::tls::bytes_of(with));
        BOOST_TEST(weir::tls::expand_label(with, given, {}, weir::as_bytes("key"), {}, made));
        BOOST_TEST(!weir::test::is_in_heap(given));
        memory out(given.size());
        weir::tls::extract(with, given, made, out);
        BOOST_TEST(!weir::test::is_in_heap(given));
    }
}

BOOST_AUTO_TEST_SUITE_END()
