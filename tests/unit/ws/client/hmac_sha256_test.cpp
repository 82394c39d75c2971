// SPDX-License-Identifier: Apache-2.0
// hmac_sha256: the vectors of RFC 4231 (4.2 to 4.4, 4.7, 4.8).
#include <weir/ws/client/hmac_sha256.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(hmac_sha256_test)

using weir::ws::hmac_sha256_hex;

BOOST_AUTO_TEST_CASE(the_published_vectors_come_out) {
    BOOST_TEST(hmac_sha256_hex(std::string(20, '\x0b'), "Hi There") ==
               "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    BOOST_TEST(hmac_sha256_hex("Jefe", "what do ya want for nothing?") ==
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    BOOST_TEST(hmac_sha256_hex(std::string(20, '\xaa'), std::string(50, '\xdd')) ==
               "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    BOOST_TEST(hmac_sha256_hex(std::string(131, '\xaa'),
                               "Test Using Larger Than Block-Size Key - Hash Key First") ==
               "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    BOOST_TEST(
        hmac_sha256_hex(std::string(131, '\xaa'),
                        "This is a test using a larger than block-size key and a larger than "
                        "block-size data. The key needs to be hashed before being used by the "
                        "HMAC algorithm.") ==
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

BOOST_AUTO_TEST_CASE(an_api_key_is_signed_with_its_time_stamp_behind_it) {
    BOOST_TEST(weir::ws::sign_api_key("secret", "key", "1700000000") ==
               hmac_sha256_hex("secret", "key1700000000"));
    BOOST_TEST(hmac_sha256_hex("", "").size() == 64U);
}

BOOST_AUTO_TEST_SUITE_END()
