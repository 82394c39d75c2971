// SPDX-License-Identifier: Apache-2.0
// session_store: each session once, the newest first, and no more than are allowed.
#include "tls/session_store.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(session_store_test)

namespace {

using weir::tls::session_store;
using weir::tls::ssl_session_ptr;

/// A session that can be told from others by its time.
ssl_session_ptr numbered(long number) {
    ssl_session_ptr made(SSL_SESSION_new());
    SSL_SESSION_set_time(made.get(), number);
    return made;
}
long number_of(const ssl_session_ptr& session) {
    return session == nullptr ? -1 : SSL_SESSION_get_time(session.get());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_session_is_given_once_and_the_newest_first) {
    session_store store(10);
    store.keep("a", numbered(1));
    store.keep("a", numbered(2));
    store.keep("b", numbered(3));
    BOOST_TEST(number_of(store.take("a")) == 2);
    BOOST_TEST(number_of(store.take("a")) == 1);
    BOOST_TEST(number_of(store.take("a")) == -1);
    BOOST_TEST(number_of(store.take("b")) == 3);
    BOOST_TEST(store.size() == 0U);
}

BOOST_AUTO_TEST_CASE(the_oldest_goes_when_there_are_too_many) {
    session_store store(2);
    for (long number = 1; number <= 5; ++number) store.keep("a", numbered(number));
    BOOST_TEST(store.size() == 2U);
    BOOST_TEST(number_of(store.take("a")) == 5);
    BOOST_TEST(number_of(store.take("a")) == 4);
}

BOOST_AUTO_TEST_SUITE_END()
