// SPDX-License-Identifier: Apache-2.0
// ticket_keys: a key seals for one lifetime, opens for two, and then is gone.
#include "tls/ticket_keys.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <memory>
#include <string>

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(ticket_keys_test)

namespace {

using weir::tls::openssl_free;
using weir::tls::ticket_keys;

/// What OpenSSL holds while it seals or opens one ticket.
class ticket_work {
public:
    ticket_work() {
        const std::unique_ptr<EVP_MAC, openssl_free<EVP_MAC_free>> hmac(
            EVP_MAC_fetch(nullptr, "HMAC", nullptr));
        mac.reset(EVP_MAC_CTX_new(hmac.get()));
    }
    std::unique_ptr<EVP_CIPHER_CTX, openssl_free<EVP_CIPHER_CTX_free>> cipher{EVP_CIPHER_CTX_new()};
    std::unique_ptr<EVP_MAC_CTX, openssl_free<EVP_MAC_CTX_free>> mac;
};

class sealed_ticket {
public:
    std::array<unsigned char, ticket_keys::name_bytes> name{};
    std::array<unsigned char, EVP_MAX_IV_LENGTH> iv{};
    std::array<unsigned char, 64> text{};
    int size = 0;
};

sealed_ticket seal(ticket_keys& keys, const std::string& text) {
    ticket_work work;
    sealed_ticket made;
    BOOST_REQUIRE(keys.seal(made.name.data(), made.iv.data(), work.cipher.get(), work.mac.get()) ==
                  1);
    int tail = 0;
    EVP_EncryptUpdate(work.cipher.get(), made.text.data(), &made.size,
                      reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
    EVP_EncryptFinal_ex(work.cipher.get(), made.text.data() + made.size, &tail);
    made.size += tail;
    return made;
}

/// What OpenSSL is told; and the text, when it was opened.
int open(ticket_keys& keys, const sealed_ticket& ticket, std::string& text) {
    ticket_work work;
    const int told =
        keys.open(ticket.name.data(), ticket.iv.data(), work.cipher.get(), work.mac.get());
    if (told <= 0) return told;
    std::array<unsigned char, 128> opened{};
    int size = 0;
    int tail = 0;
    EVP_DecryptUpdate(work.cipher.get(), opened.data(), &size, ticket.text.data(), ticket.size);
    EVP_DecryptFinal_ex(work.cipher.get(), opened.data() + size, &tail);
    text.assign(reinterpret_cast<const char*>(opened.data()),
                static_cast<std::size_t>(size + tail));
    return told;
}

constexpr ticket_keys::time_point start{1000s};

}  // namespace

BOOST_AUTO_TEST_CASE(without_a_key_there_is_no_ticket) {
    ticket_keys keys(10s);
    ticket_work work;
    sealed_ticket made;
    BOOST_TEST(keys.seal(made.name.data(), made.iv.data(), work.cipher.get(), work.mac.get()) == 0);
}

BOOST_AUTO_TEST_CASE(a_ticket_is_opened_by_the_key_that_sealed_it_and_by_no_other) {
    ticket_keys keys(10s);
    keys.renew(start);
    const sealed_ticket ticket = seal(keys, "a session");
    std::string text;
    BOOST_TEST(open(keys, ticket, text) == 1);
    BOOST_TEST(text == "a session");
    ticket_keys others(10s);
    others.renew(start);
    BOOST_TEST(open(others, ticket, text) == 0);
}

BOOST_AUTO_TEST_CASE(an_older_key_opens_and_asks_for_a_new_ticket_then_it_is_gone) {
    ticket_keys keys(10s);
    keys.renew(start);
    const sealed_ticket ticket = seal(keys, "a session");
    std::string text;
    keys.renew(start + 9s);
    BOOST_TEST(open(keys, ticket, text) == 1);
    keys.renew(start + 10s);
    BOOST_TEST(open(keys, ticket, text) == 2);
    BOOST_TEST(text == "a session");
    keys.renew(start + 20s);
    BOOST_TEST(open(keys, ticket, text) == 0);
}

BOOST_AUTO_TEST_CASE(after_a_long_silence_no_old_key_is_left) {
    ticket_keys keys(10s);
    keys.renew(start);
    const sealed_ticket ticket = seal(keys, "a session");
    std::string text;
    keys.renew(start + 20s);
    BOOST_TEST(open(keys, ticket, text) == 0);
}

BOOST_AUTO_TEST_CASE(no_two_tickets_are_sealed_alike) {
    ticket_keys keys(10s);
    keys.renew(start);
    const sealed_ticket one = seal(keys, "a session");
    const sealed_ticket other = seal(keys, "a session");
    BOOST_TEST((one.iv != other.iv));
    BOOST_TEST((one.text != other.text));
}

BOOST_AUTO_TEST_SUITE_END()
