// SPDX-License-Identifier: Apache-2.0
#include "sim/socket_options.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/test/unit_test.hpp>

#include <cerrno>

BOOST_AUTO_TEST_SUITE(socket_options_test)

namespace {

using weir::sim::option_store;

int set(option_store& store, int level, int name, int value) {
    return store.set(level, name, &value, sizeof value);
}
int get(const option_store& store, int level, int name) {
    int value = -1;
    unsigned size = sizeof value;
    BOOST_TEST(store.get(level, name, &value, &size) == 0);
    BOOST_TEST(size == sizeof value);
    return value;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_set_is_given_back) {
    option_store store;
    BOOST_TEST(set(store, IPPROTO_TCP, TCP_KEEPIDLE, 30) == 0);
    BOOST_TEST(get(store, IPPROTO_TCP, TCP_KEEPIDLE) == 30);
    BOOST_TEST(store.number(IPPROTO_TCP, TCP_KEEPIDLE, 7) == 30);
    BOOST_TEST(set(store, IPPROTO_TCP, TCP_KEEPIDLE, 40) == 0);
    BOOST_TEST(store.number(IPPROTO_TCP, TCP_KEEPIDLE, 7) == 40);
}

BOOST_AUTO_TEST_CASE(what_was_not_set_is_zero_or_what_the_caller_says) {
    option_store store;
    BOOST_TEST(set(store, SOL_SOCKET, TCP_KEEPIDLE, 30) == 0);  // another level
    BOOST_TEST(get(store, IPPROTO_TCP, TCP_KEEPIDLE) == 0);
    BOOST_TEST(store.number(IPPROTO_TCP, TCP_KEEPIDLE, 7) == 7);
}

BOOST_AUTO_TEST_CASE(buffers_are_twice_what_was_asked_for_within_limits) {
    option_store store;
    for (const int name : {SO_RCVBUF, SO_SNDBUF}) {
        BOOST_TEST(set(store, SOL_SOCKET, name, 10'000) == 0);
        BOOST_TEST(get(store, SOL_SOCKET, name) == 20'000);
        BOOST_TEST(set(store, SOL_SOCKET, name, 1) == 0);
        BOOST_TEST(get(store, SOL_SOCKET, name) == 2304);
        BOOST_TEST(set(store, SOL_SOCKET, name, 2'000'000'000) == 0);
        BOOST_TEST(get(store, SOL_SOCKET, name) == 425'984);
    }
}

BOOST_AUTO_TEST_CASE(a_buffer_size_that_is_no_number_is_refused) {
    option_store store;
    const char little = 1;
    BOOST_TEST(store.set(SOL_SOCKET, SO_RCVBUF, &little, 1) == -EINVAL);
}

BOOST_AUTO_TEST_CASE(an_answer_is_no_longer_than_the_room_for_it) {
    option_store store;
    const linger how{1, 5};
    BOOST_TEST(store.set(SOL_SOCKET, SO_LINGER, &how, sizeof how) == 0);
    linger whole{};
    unsigned size = sizeof whole;
    BOOST_TEST(store.get(SOL_SOCKET, SO_LINGER, &whole, &size) == 0);
    BOOST_TEST(size == sizeof whole);
    BOOST_TEST(whole.l_linger == 5);
    int half[2] = {-1, -1};
    size = sizeof(int);
    BOOST_TEST(store.get(SOL_SOCKET, SO_LINGER, &half[0], &size) == 0);
    BOOST_TEST(size == sizeof(int));
    BOOST_TEST(half[0] == 1);
    BOOST_TEST(half[1] == -1);
}

BOOST_AUTO_TEST_SUITE_END()
