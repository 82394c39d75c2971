// SPDX-License-Identifier: Apache-2.0
// thread_ciphers: one cipher for each suite, direction and thread, whoever uses it. What it does to
// records is tested through traffic_keys.
#include "tls/thread_ciphers.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <thread>

BOOST_AUTO_TEST_SUITE(thread_ciphers_test)

namespace {

using weir::tls::cipher_suite;

EVP_CIPHER_CTX* cipher(cipher_suite suite, bool seals, std::uint64_t identity) {
    static constexpr std::array<std::byte, 32> key{};
    static constexpr std::array<unsigned char, 12> nonce{};
    return weir::tls::cipher_with(suite, seals, identity, key.data(), nonce.data());
}

}  // namespace

BOOST_AUTO_TEST_CASE(connections_share_what_each_suite_and_direction_has) {
    const auto one = weir::tls::next_key_identity();
    const auto other = weir::tls::next_key_identity();
    BOOST_TEST(one != other);
    EVP_CIPHER_CTX* const sealing = cipher(cipher_suite::aes_128_gcm_sha256, true, one);
    BOOST_TEST(cipher(cipher_suite::aes_128_gcm_sha256, true, other) == sealing);
    BOOST_TEST(cipher(cipher_suite::aes_128_gcm_sha256, false, one) != sealing);
    EVP_CIPHER_CTX* const long_key = cipher(cipher_suite::aes_256_gcm_sha384, true, one);
    BOOST_TEST(long_key != sealing);
    BOOST_TEST(EVP_CIPHER_CTX_get_key_length(sealing) == 16);
    BOOST_TEST(EVP_CIPHER_CTX_get_key_length(long_key) == 32);
    BOOST_TEST(EVP_CIPHER_CTX_is_encrypting(sealing) == 1);
    weir::tls::forget_cipher(cipher_suite::aes_128_gcm_sha256, other);
    BOOST_TEST(cipher(cipher_suite::aes_128_gcm_sha256, true, other) == sealing);  // it stays
}

BOOST_AUTO_TEST_CASE(another_thread_has_its_own_and_may_forget_what_it_never_had) {
    const auto identity = weir::tls::next_key_identity();
    EVP_CIPHER_CTX* const ours = cipher(cipher_suite::chacha20_poly1305_sha256, true, identity);
    EVP_CIPHER_CTX* theirs = nullptr;
    std::thread([&] {
        weir::tls::forget_cipher(cipher_suite::chacha20_poly1305_sha256, identity);
        theirs = cipher(cipher_suite::chacha20_poly1305_sha256, true, identity);
    }).join();
    BOOST_TEST(theirs != nullptr);
    BOOST_TEST(theirs != ours);
}

BOOST_AUTO_TEST_SUITE_END()
