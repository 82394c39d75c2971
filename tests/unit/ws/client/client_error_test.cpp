// SPDX-License-Identifier: Apache-2.0
// client_errc: each error has a text of its own.
#include <weir/ws/client/client_error.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(client_error_test)

namespace {

/// Texts of the values 1 ... `last`, and whether the one behind them is unknown.
void check_texts(const std::error_category& from, int last) {
    std::set<std::string> texts;
    for (int value = 1; value <= last; ++value) texts.insert(from.message(value));
    BOOST_TEST(texts.size() == static_cast<std::size_t>(last));
    BOOST_TEST(from.message(last + 1).starts_with("unknown"));
    BOOST_TEST(!texts.contains(from.message(last + 1)));
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_error_has_its_text) {
    check_texts(weir::ws::client_category(),
                static_cast<int>(weir::ws::client_errc::malformed_state));
}

BOOST_AUTO_TEST_CASE(an_enumerator_is_an_error_code) {
    const std::error_code lost = weir::ws::client_errc::connection_lost;
    BOOST_TEST((lost == weir::ws::client_errc::connection_lost));
    BOOST_TEST((lost.category() == weir::ws::client_category()));
}

BOOST_AUTO_TEST_SUITE_END()
