// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/status.hpp>

#include <boost/test/unit_test.hpp>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(status_test)

BOOST_AUTO_TEST_CASE(known_codes_have_the_phrase_of_the_rfc_and_others_say_so) {
    BOOST_TEST(http::reason_phrase(http::status::switching_protocols) == "Switching Protocols");
    BOOST_TEST(http::reason_phrase(http::status::content_too_large) == "Content Too Large");
    BOOST_TEST(http::reason_phrase(http::status::see_other) == "See Other");
    BOOST_TEST(http::reason_phrase(http::status::temporary_redirect) == "Temporary Redirect");
    BOOST_TEST(http::reason_phrase(static_cast<http::status>(599)) == "Unknown");
}

BOOST_AUTO_TEST_CASE(informational_and_empty_responses_have_no_body) {
    BOOST_TEST(http::has_no_body(http::status::switching_protocols));
    BOOST_TEST(http::has_no_body(http::status::no_content));
    BOOST_TEST(http::has_no_body(http::status::not_modified));
    BOOST_TEST(!http::has_no_body(http::status::ok));
}

BOOST_AUTO_TEST_SUITE_END()
