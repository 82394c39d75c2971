// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/deflate/deflate_parameters.hpp>

#include <weir/ws/deflate/deflate_options.hpp>

#include <boost/test/unit_test.hpp>

namespace ws = weir::ws;
using ws::deflate_parameters;

BOOST_AUTO_TEST_SUITE(deflate_parameters_test)

BOOST_AUTO_TEST_CASE(none_are_agreed_on_by_default) {
    BOOST_TEST(!deflate_parameters().is_agreed());
    BOOST_TEST(!deflate_parameters().may_compress());
    BOOST_TEST(!deflate_parameters().keeps_context());
}

BOOST_AUTO_TEST_CASE(one_byte_tells_all_windows_apart) {
    for (int send = 9; send <= 15; ++send) {
        for (int receive = 9; receive <= 15; ++receive) {
            const deflate_parameters both(send, receive);
            BOOST_TEST(both.is_agreed());
            BOOST_TEST(both.may_compress());
            BOOST_TEST(both.send_window_bits() == send);
            BOOST_TEST(both.receive_window_bits() == receive);
            BOOST_TEST(!both.keeps_context());
        }
    }
}

BOOST_AUTO_TEST_CASE(each_direction_keeps_its_context_by_itself) {
    const auto send = deflate_parameters(9, 10).keep_send_context();
    BOOST_TEST((send.keeps_send_context() && !send.keeps_receive_context()));
    const auto receive = deflate_parameters(9, 10).keep_receive_context();
    BOOST_TEST((!receive.keeps_send_context() && receive.keeps_receive_context()));
    BOOST_TEST((send.keeps_context() && receive.keeps_context()));
    BOOST_TEST(!(send == receive));
    BOOST_TEST((send == deflate_parameters(9, 10).keep_send_context()));
}

BOOST_AUTO_TEST_CASE(who_never_compresses_keeps_no_context_for_it) {
    const auto plain = deflate_parameters(0, 15).keep_send_context();
    BOOST_TEST((plain.is_agreed() && !plain.may_compress() && !plain.keeps_context()));
}

BOOST_AUTO_TEST_CASE(options_stay_within_what_zlib_can) {
    const auto options = ws::deflate_options().send_window_bits(8).receive_window_bits(99).level(0);
    BOOST_TEST(options.send_window_bits() == 9);
    BOOST_TEST(options.receive_window_bits() == 15);
    BOOST_TEST(options.level() == 1);
    BOOST_TEST(options.threshold_bytes() == 1024U);
    BOOST_TEST(!options.at_most().keeps_context());
    const auto keeping = ws::deflate_options().keep_send_context().keep_receive_context();
    BOOST_TEST((keeping.at_most() ==
                deflate_parameters(15, 15).keep_send_context().keep_receive_context()));
    BOOST_TEST(!keeping.without_context().at_most().keeps_context());
}

BOOST_AUTO_TEST_SUITE_END()
