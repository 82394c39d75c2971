// SPDX-License-Identifier: Apache-2.0
// key_schedule: OpenSSL gets from it what it gets from its own, and whoever watches learns the
// secrets of application data.
#include "tls/key_schedule.hpp"

#include "tls/openssl.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(key_schedule_test)

namespace {

using weir::tls::openssl_free;
using kdf_ptr = std::unique_ptr<EVP_KDF, openssl_free<EVP_KDF_free>>;
using context_ptr = std::unique_ptr<EVP_KDF_CTX, openssl_free<EVP_KDF_CTX_free>>;
using memory = std::vector<std::byte>;

constexpr const char* own = "x.weir=yes";
constexpr const char* openssls = "provider=default";

context_ptr make_context(const char* properties) {
    BOOST_REQUIRE(weir::tls::key_schedule_properties() != nullptr);
    const kdf_ptr kind(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_TLS1_3_KDF, properties));
    BOOST_REQUIRE(kind != nullptr);
    return context_ptr(EVP_KDF_CTX_new(kind.get()));
}

/// What is asked of a derivation; an empty part is not named at all.
class question {
public:
    int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
    std::string mode_name;
    std::string digest = "SHA256";
    memory key;
    memory salt;
    std::string prefix = "tls13 ";
    std::string label = "c hs traffic";
    memory data;

    [[nodiscard]] std::vector<OSSL_PARAM> parameters() {
        std::vector<OSSL_PARAM> all;
        if (mode_name.empty()) {
            all.push_back(OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode));
        } else {
            all.push_back(
                OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MODE, mode_name.data(), 0));
        }
        if (!digest.empty()) {
            all.push_back(
                OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0));
        }
        const auto add = [&all](const char* name, auto& octets) {
            if (octets.empty()) return;
            all.push_back(OSSL_PARAM_construct_octet_string(name, octets.data(), octets.size()));
        };
        add(OSSL_KDF_PARAM_KEY, key);
        add(OSSL_KDF_PARAM_SALT, salt);
        add(OSSL_KDF_PARAM_PREFIX, prefix);
        add(OSSL_KDF_PARAM_LABEL, label);
        add(OSSL_KDF_PARAM_DATA, data);
        all.push_back(OSSL_PARAM_construct_end());
        return all;
    }
};

std::optional<memory> answer(EVP_KDF_CTX* context, const OSSL_PARAM* parameters, std::size_t size) {
    memory out(size);
    const int done =
        EVP_KDF_derive(context, reinterpret_cast<unsigned char*>(out.data()), size, parameters);
    static_cast<void>(weir::tls::take_openssl_error());
    return done == 1 ? std::optional(out) : std::nullopt;
}
std::optional<memory> answer(const char* whose, question asked, std::size_t size) {
    return answer(make_context(whose).get(), asked.parameters().data(), size);
}

memory random_octets(std::mt19937& random, std::size_t size) {
    memory out(size);
    for (std::byte& each : out) each = static_cast<std::byte>(random());
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_answer_is_that_of_openssl) {
    std::mt19937 random(8446);
    for (const std::size_t hash : {32U, 48U}) {
        for (int i = 0; i < 200; ++i) {
            question asked;
            asked.digest = hash == 32 ? "SHA256" : "SHA2-384";
            asked.key = random_octets(random, hash);
            asked.label = std::string(1 + random() % 30, 'l');
            asked.data = random_octets(random, random() % 64);
            const std::size_t size = 1 + random() % 200;
            BOOST_TEST((answer(own, asked, size) == answer(openssls, asked, size)));
            asked.mode = EVP_KDF_HKDF_MODE_EXTRACT_ONLY;
            asked.label = "derived";
            asked.data.clear();
            asked.key = random_octets(random, i % 2 == 0 ? 0 : 1 + random() % 100);
            asked.salt = random_octets(random, i % 3 == 0 ? 0 : hash);
            const auto secret = answer(own, asked, hash);
            BOOST_TEST(secret.has_value());
            BOOST_TEST((secret == answer(openssls, asked, hash)));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_openssl_refuses_is_refused) {
    const auto both_refuse = [](const question& asked, std::size_t size) {
        return !answer(own, asked, size) && !answer(openssls, asked, size);
    };
    question good;
    good.key = memory(32);
    BOOST_TEST(answer(own, good, 32).has_value());
    question wrong = good;
    wrong.key.clear();
    BOOST_TEST(both_refuse(wrong, 32));
    wrong = good;
    wrong.digest.clear();
    BOOST_TEST(both_refuse(wrong, 32));
    wrong = good;
    wrong.digest = "no such hash";
    BOOST_TEST(both_refuse(wrong, 32));
    wrong = good;
    wrong.mode_name = "NO_SUCH_MODE";
    BOOST_TEST(both_refuse(wrong, 32));
    wrong = good;
    wrong.label = std::string(250, 'l');
    BOOST_TEST(both_refuse(wrong, 32));
}

BOOST_AUTO_TEST_CASE(parameters_may_come_before_the_question) {
    question asked;
    asked.mode_name = "EXPAND_ONLY";
    asked.key = memory(32, std::byte{1});
    const auto expected = answer(openssls, asked, 40);
    const context_ptr context = make_context(own);
    BOOST_TEST(EVP_KDF_CTX_set_params(context.get(), asked.parameters().data()) == 1);
    BOOST_TEST((answer(context.get(), nullptr, 40) == expected));
    // Those that come later, and those of the call, take the places of others.
    question other = asked;
    other.key = memory(32, std::byte{2});
    BOOST_TEST(
        (answer(context.get(), other.parameters().data(), 40) == answer(openssls, other, 40)));
    const context_ptr copy(EVP_KDF_CTX_dup(context.get()));
    BOOST_REQUIRE(copy != nullptr);
    BOOST_TEST(EVP_KDF_CTX_set_params(context.get(), other.parameters().data()) == 1);
    BOOST_TEST((answer(context.get(), nullptr, 40) == answer(openssls, other, 40)));
    EVP_KDF_CTX_reset(context.get());
    BOOST_TEST(!answer(context.get(), nullptr, 40).has_value());
    BOOST_TEST((answer(copy.get(), nullptr, 40) == expected));
}

BOOST_AUTO_TEST_CASE(a_secret_has_one_size_and_keys_have_any) {
    question asked;
    const context_ptr context = make_context(own);
    BOOST_TEST(EVP_KDF_CTX_set_params(context.get(), asked.parameters().data()) == 1);
    BOOST_TEST(EVP_KDF_CTX_get_kdf_size(context.get()) == SIZE_MAX);
    asked.mode = EVP_KDF_HKDF_MODE_EXTRACT_ONLY;
    asked.digest = "SHA384";
    BOOST_TEST(EVP_KDF_CTX_set_params(context.get(), asked.parameters().data()) == 1);
    BOOST_TEST(EVP_KDF_CTX_get_kdf_size(context.get()) == 48U);
    BOOST_TEST(!answer(context.get(), nullptr, 47).has_value());
}

namespace {

/// Whose the algorithm is that a query finds; "" = nobody's.
std::string found(const char* properties) {
    const kdf_ptr kind(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_TLS1_3_KDF, properties));
    static_cast<void>(weir::tls::take_openssl_error());
    return kind == nullptr ? "" : OSSL_PROVIDER_get0_name(EVP_KDF_get0_provider(kind.get()));
}

}  // namespace

BOOST_AUTO_TEST_CASE(who_does_not_ask_for_it_does_not_get_it) {
    const char* asked = weir::tls::key_schedule_properties();
    BOOST_REQUIRE(asked != nullptr);
    BOOST_TEST(found(asked) == "weir");
    BOOST_TEST(found(nullptr) == "default");
    BOOST_TEST(found("fips=yes") == "");
    // What the process demands of all is not forgotten over what we should like.
    BOOST_REQUIRE(EVP_set_default_properties(nullptr, "provider=default") == 1);
    BOOST_TEST(found(asked) == "default");
    BOOST_REQUIRE(EVP_set_default_properties(nullptr, "fips=yes") == 1);
    BOOST_TEST(found(asked) == "");
    BOOST_REQUIRE(EVP_set_default_properties(nullptr, "") == 1);
    BOOST_TEST(found(asked) == "weir");
    const kdf_ptr other(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, asked));
    BOOST_TEST(other != nullptr);  // what it has not comes from elsewhere
}

BOOST_AUTO_TEST_CASE(who_watches_learns_the_secrets_of_application_data_alone) {
    weir::tls::traffic_secrets seen;
    question asked;
    asked.key = memory(32, std::byte{5});
    const auto client = [&] {
        asked.label = "c ap traffic";
        return answer(own, asked, 32);
    };
    client();
    BOOST_TEST(seen.client.empty());
    {
        const weir::tls::secrets_watch watch(&seen);
        const auto secret = client();
        BOOST_REQUIRE(secret.has_value());
        BOOST_TEST((memory(seen.client.view().begin(), seen.client.view().end()) == *secret));
        BOOST_TEST(!seen.is_complete());
        asked.label = "s hs traffic";
        answer(own, asked, 32);
        BOOST_TEST(seen.server.empty());
        {
            const weir::tls::secrets_watch nobody(nullptr);
            asked.label = "s ap traffic";
            answer(own, asked, 32);
            BOOST_TEST(seen.server.empty());
        }
        answer(own, asked, 32);
        BOOST_TEST(seen.is_complete());
    }
    const weir::tls::traffic_secret before = seen.client;
    asked.key = memory(32, std::byte{6});
    client();
    BOOST_TEST((memory(seen.client.view().begin(), seen.client.view().end()) ==
                memory(before.view().begin(), before.view().end())));
}

BOOST_AUTO_TEST_SUITE_END()
