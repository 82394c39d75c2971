// SPDX-License-Identifier: Apache-2.0
// setup_finding: which findings are warnings, and that each says what to do.
#include <weir/ws/client/setup_finding.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(setup_finding_test)

using weir::ws::setup_errc;
using weir::ws::setup_finding;

BOOST_AUTO_TEST_CASE(every_finding_has_its_text) {
    std::set<std::string> texts;
    constexpr int count = static_cast<int>(setup_errc::costs_more_than_a_burst);
    for (int value = 1; value <= count; ++value) {
        texts.insert(weir::ws::setup_category().message(value));
    }
    BOOST_TEST(texts.size() == static_cast<std::size_t>(count));
    BOOST_TEST(weir::ws::setup_category().message(count + 1).starts_with("unknown"));
}

BOOST_AUTO_TEST_CASE(only_what_may_be_meant_is_a_warning) {
    BOOST_TEST(setup_finding(setup_errc::tls_on_port_80).is_warning());
    BOOST_TEST(setup_finding(setup_errc::plain_on_port_443).is_warning());
    BOOST_TEST(setup_finding(setup_errc::costs_more_than_a_burst).is_warning());
    BOOST_TEST(!setup_finding(setup_errc::no_outbox).is_warning());
    BOOST_TEST((setup_finding(setup_errc::no_inbox).error() == setup_errc::no_inbox));
}

BOOST_AUTO_TEST_SUITE_END()
