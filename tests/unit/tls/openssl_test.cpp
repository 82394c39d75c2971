// SPDX-License-Identifier: Apache-2.0
// take_openssl_error: says the newest reason once; the queue of the thread is empty afterwards.
#include "tls/openssl.hpp"

#include <openssl/err.h>
#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(openssl_test)

BOOST_AUTO_TEST_CASE(the_newest_reason_is_said_and_none_is_left) {
    ERR_raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH);
    ERR_raise(ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER);
    BOOST_TEST(weir::tls::take_openssl_error() == "no shared cipher");
    BOOST_TEST(ERR_peek_error() == 0U);
    BOOST_TEST(weir::tls::take_openssl_error() == "unknown reason");
}

BOOST_AUTO_TEST_SUITE_END()
