// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/deflate/deflate_extension.hpp>

#include <weir/ws/protocol/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace ws = weir::ws;
using ws::deflate_options;
using ws::deflate_parameters;
using ws::handshake_errc;

BOOST_AUTO_TEST_SUITE(deflate_extension_test)

namespace {

weir::http::headers field(std::string_view value) {
    weir::http::headers made;
    BOOST_REQUIRE(made.add("Sec-WebSocket-Extensions", value).has_value());
    return made;
}

const deflate_options keeping_both = deflate_options().keep_send_context().keep_receive_context();

/// What a server answers; "declined" for nothing.
std::string answer(std::string_view offer, const deflate_options& options = keeping_both) {
    const auto given = ws::accept_deflate(field(offer), options);
    return given ? given->text() : "declined";
}

deflate_parameters agreed(std::string_view offer, const deflate_options& options = keeping_both) {
    const auto given = ws::accept_deflate(field(offer), options);
    BOOST_REQUIRE(given.has_value());
    return given->parameters();
}

/// What a client makes of an answer; the error's text, or what it agreed on.
std::string checked(std::string_view answer, const deflate_options& options = keeping_both) {
    const auto outcome = ws::check_deflate(field(answer), options);
    if (!outcome)
        return outcome.error() == handshake_errc::deflate_answer_mismatch ? "mismatch"
                                                                          : "not offered";
    if (!outcome->is_agreed()) return "nothing";
    return (outcome->may_compress() ? std::to_string(outcome->send_window_bits()) : "plain") +
           (outcome->keeps_send_context() ? "+" : "") + "/" +
           std::to_string(outcome->receive_window_bits()) +
           (outcome->keeps_receive_context() ? "+" : "");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_server_keeps_no_context_unless_asked) {
    BOOST_TEST(answer("permessage-deflate", deflate_options()) ==
               "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
    BOOST_TEST(!agreed("permessage-deflate", deflate_options()).keeps_context());
    BOOST_TEST(answer("permessage-deflate", deflate_options().keep_send_context()) ==
               "permessage-deflate; client_no_context_takeover");
    BOOST_TEST(answer("permessage-deflate", deflate_options().keep_receive_context()) ==
               "permessage-deflate; server_no_context_takeover");
    BOOST_TEST(answer("permessage-deflate") == "permessage-deflate");
    BOOST_TEST(agreed("permessage-deflate").keeps_send_context());
    BOOST_TEST(agreed("permessage-deflate").keeps_receive_context());
}

BOOST_AUTO_TEST_CASE(a_client_that_wants_no_context_gets_none) {
    BOOST_TEST(answer("permessage-deflate; server_no_context_takeover") ==
               "permessage-deflate; server_no_context_takeover");
    BOOST_TEST(!agreed("permessage-deflate; server_no_context_takeover").keeps_send_context());
    BOOST_TEST(answer("permessage-deflate; client_no_context_takeover") ==
               "permessage-deflate; client_no_context_takeover");
    BOOST_TEST(!agreed("permessage-deflate; client_no_context_takeover").keeps_receive_context());
}

BOOST_AUTO_TEST_CASE(the_servers_window_is_the_smaller_of_both_wishes) {
    BOOST_TEST(answer("permessage-deflate; server_max_window_bits=10") ==
               "permessage-deflate; server_max_window_bits=10");
    BOOST_TEST(agreed("permessage-deflate; server_max_window_bits=10").send_window_bits() == 10);
    const auto small = deflate_options(keeping_both).send_window_bits(9);
    BOOST_TEST(answer("permessage-deflate", small) ==
               "permessage-deflate; server_max_window_bits=9");
    BOOST_TEST(answer("permessage-deflate; server_max_window_bits=12", small) ==
               "permessage-deflate; server_max_window_bits=9");
    BOOST_TEST(agreed("permessage-deflate", small).send_window_bits() == 9);
    BOOST_TEST(agreed("permessage-deflate", small).receive_window_bits() == 15);
}

BOOST_AUTO_TEST_CASE(a_client_is_told_a_window_only_if_it_says_that_it_can_be_told) {
    const auto small = deflate_options(keeping_both).receive_window_bits(10);
    BOOST_TEST(answer("permessage-deflate; client_max_window_bits", small) ==
               "permessage-deflate; client_max_window_bits=10");
    BOOST_TEST(answer("permessage-deflate; client_max_window_bits=12", small) ==
               "permessage-deflate; client_max_window_bits=10");
    BOOST_TEST(answer("permessage-deflate; client_max_window_bits=10", small) ==
               "permessage-deflate");
    BOOST_TEST(
        agreed("permessage-deflate; client_max_window_bits=9", small).receive_window_bits() == 9);
    BOOST_TEST(answer("permessage-deflate", small) == "declined");
    BOOST_TEST(answer("permessage-deflate; client_max_window_bits") == "permessage-deflate");
}

BOOST_AUTO_TEST_CASE(a_window_of_eight_bits_can_be_read_but_not_written) {
    BOOST_TEST(answer("permessage-deflate; server_max_window_bits=8") == "declined");
    BOOST_TEST(answer("permessage-deflate; server_max_window_bits=8, permessage-deflate") ==
               "permessage-deflate");
    BOOST_TEST(agreed("permessage-deflate; client_max_window_bits=8").receive_window_bits() == 9);
    BOOST_TEST(checked("permessage-deflate; client_max_window_bits=8") == "plain/15+");
    BOOST_TEST(checked("permessage-deflate; server_max_window_bits=8") == "15+/9+");
}

BOOST_AUTO_TEST_CASE(the_first_acceptable_of_several_offers_is_taken) {
    BOOST_TEST(answer("permessage-bzip2, permessage-deflate; unknown, "
                      "permessage-deflate; server_max_window_bits=11, permessage-deflate") ==
               "permessage-deflate; server_max_window_bits=11");
}

BOOST_AUTO_TEST_CASE(quoted_window_bits_count) {
    BOOST_TEST(answer(R"(permessage-deflate; server_max_window_bits="10")") ==
               "permessage-deflate; server_max_window_bits=10");
}

BOOST_AUTO_TEST_CASE(any_oddity_in_an_offer_declines_it) {
    for (const std::string_view odd : {"unknown",
                                       "unknown=1",
                                       "server_no_context_takeover=1",
                                       "client_no_context_takeover=\"x\"",
                                       "server_no_context_takeover; server_no_context_takeover",
                                       "client_no_context_takeover; client_no_context_takeover",
                                       "server_max_window_bits",
                                       "server_max_window_bits=7",
                                       "server_max_window_bits=16",
                                       "server_max_window_bits=010",
                                       "server_max_window_bits=+10",
                                       "server_max_window_bits=1e1",
                                       "server_max_window_bits=-9",
                                       "server_max_window_bits=99999999999999999999",
                                       "server_max_window_bits=0x9",
                                       "server_max_window_bits=10; server_max_window_bits=10",
                                       "client_max_window_bits=7",
                                       "client_max_window_bits=16",
                                       "client_max_window_bits=08",
                                       "Server_no_context_takeover",
                                       "client_max_window_bits; client_max_window_bits",
                                       "client_max_window_bits=9; client_max_window_bits"}) {
        BOOST_TEST(answer("permessage-deflate; " + std::string(odd)) == "declined", odd);
        BOOST_TEST(checked("permessage-deflate; " + std::string(odd)) == "mismatch", odd);
    }
    BOOST_TEST(answer("permessage-deflate; =") == "declined");
    BOOST_TEST(answer("x-webkit-deflate-frame") == "declined");
    BOOST_TEST(answer("") == "declined");
}

BOOST_AUTO_TEST_CASE(a_client_offers_what_its_options_say) {
    BOOST_TEST(ws::deflate_offer(deflate_options()) ==
               "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
               "client_max_window_bits");
    BOOST_TEST(ws::deflate_offer(keeping_both) == "permessage-deflate; client_max_window_bits");
    BOOST_TEST(ws::deflate_offer(
                   deflate_options(keeping_both).send_window_bits(12).receive_window_bits(9)) ==
               "permessage-deflate; server_max_window_bits=9; client_max_window_bits=12");
}

BOOST_AUTO_TEST_CASE(a_client_takes_an_answer_that_fits_its_offer) {
    BOOST_TEST(checked("permessage-deflate") == "15+/15+");
    BOOST_TEST(checked("permessage-deflate; server_no_context_takeover") == "15+/15");
    BOOST_TEST(checked("permessage-deflate; client_no_context_takeover") == "15/15+");
    BOOST_TEST(checked("permessage-deflate; server_max_window_bits=10") == "15+/10+");
    BOOST_TEST(checked("permessage-deflate; client_max_window_bits=9") == "9+/15+");
    BOOST_TEST(checked("permessage-deflate; server_no_context_takeover", deflate_options()) ==
               "15/15");
    BOOST_TEST(checked("") == "nothing");
    const auto none = ws::check_deflate(weir::http::headers(), keeping_both);
    BOOST_TEST((none.has_value() && !none->is_agreed()));
}

BOOST_AUTO_TEST_CASE(a_client_refuses_an_answer_that_does_not_fit_its_offer) {
    BOOST_TEST(checked("permessage-deflate", deflate_options()) == "mismatch");
    BOOST_TEST(checked("permessage-deflate; client_max_window_bits") == "mismatch");
    const auto small = deflate_options(keeping_both).send_window_bits(11).receive_window_bits(10);
    BOOST_TEST(checked("permessage-deflate", small) == "mismatch");
    BOOST_TEST(checked("permessage-deflate; server_max_window_bits=11", small) == "mismatch");
    BOOST_TEST(checked("permessage-deflate; server_max_window_bits=10", small) == "11+/10+");
    BOOST_TEST(checked("permessage-deflate; server_max_window_bits=9; client_max_window_bits=12",
                       small) == "mismatch");
    BOOST_TEST(checked("permessage-deflate, permessage-deflate") == "mismatch");
    BOOST_TEST(checked("permessage-deflate;") == "mismatch");
    BOOST_TEST(checked("permessage-bzip2") == "not offered");
    BOOST_TEST(checked("permessage-deflate, x") == "not offered");
    const auto unasked = ws::check_deflate(field("permessage-deflate"), std::nullopt);
    BOOST_TEST((unasked.error() == handshake_errc::extension_not_offered));
}

BOOST_AUTO_TEST_CASE(server_and_client_of_any_options_agree_on_the_same) {
    const auto options_of = [](unsigned choice) {
        return deflate_options()
            .keep_send_context((choice & 1U) != 0)
            .keep_receive_context((choice & 2U) != 0)
            .send_window_bits((choice & 4U) != 0 ? 9 : 15)
            .receive_window_bits((choice & 8U) != 0 ? 10 : 15);
    };
    for (unsigned choice = 0; choice < 256; ++choice) {
        const deflate_options client = options_of(choice % 16);
        const auto accepted =
            ws::accept_deflate(field(ws::deflate_offer(client)), options_of(choice / 16));
        BOOST_REQUIRE(accepted.has_value());
        const auto outcome = ws::check_deflate(field(accepted->text()), client);
        BOOST_REQUIRE(outcome.has_value());
        const deflate_parameters served = accepted->parameters();
        BOOST_TEST(outcome->keeps_send_context() == served.keeps_receive_context());
        BOOST_TEST(outcome->keeps_receive_context() == served.keeps_send_context());
        BOOST_TEST(outcome->send_window_bits() <= served.receive_window_bits());
        BOOST_TEST(outcome->receive_window_bits() >= served.send_window_bits());
    }
}

BOOST_AUTO_TEST_SUITE_END()
