// SPDX-License-Identifier: Apache-2.0
// errc and alerts: every one has words of its own.
#include <weir/tls/error.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(tls_error_test)

BOOST_AUTO_TEST_CASE(each_error_says_something_else) {
    std::set<std::string> messages;
    constexpr int last = static_cast<int>(weir::tls::errc::new_keys_refused);
    for (int value = 1; value <= last; ++value) {
        messages.insert(weir::tls::category().message(value));
    }
    BOOST_TEST(messages.size() == static_cast<std::size_t>(last));
    BOOST_TEST(weir::tls::category().message(last + 1) == "unknown TLS error");
}

BOOST_AUTO_TEST_CASE(an_alert_is_said_to_be_the_peers_and_by_its_name) {
    constexpr int unknown_ca = 48;
    const std::error_code error(unknown_ca, weir::tls::alert_category());
    BOOST_TEST(error.message() == "the peer refused: unknown CA");
    constexpr int certificate_required = 116;  // newer than what OpenSSL has names for
    const std::error_code newer(certificate_required, weir::tls::alert_category());
    BOOST_TEST(newer.message() == "the peer refused: certificate required");
}

BOOST_AUTO_TEST_SUITE_END()
