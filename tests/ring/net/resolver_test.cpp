// SPDX-License-Identifier: Apache-2.0
// Names and addresses; what is no name; an error that says what happened.
#include "stream_conformance.hpp"

#include <weir/net/resolver.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace std::chrono_literals;
using weir::net::endpoint;
using weir::net::resolve;
using weir::net::resolve_errc;
using weir::test::error_of;
using weir::test::must;

BOOST_AUTO_TEST_SUITE(resolver_test)

namespace {

weir::task<> literals() {
    for (const char* text : {"127.0.0.1", "2001:db8::1"}) {
        const auto found = must(co_await resolve(text, 80));
        BOOST_TEST(found.size() == 1U);
        BOOST_TEST((found[0] == must(endpoint::ip(text, 80))));
    }
    const auto bracketed = must(co_await resolve("[::1]", 443));
    BOOST_TEST((bracketed.at(0) == must(endpoint::ip("::1", 443))));
}

weir::task<> localhost() {
    const auto found = must(co_await resolve("localhost", 1234));
    BOOST_TEST(!found.empty());
    for (const auto& each : found) {
        BOOST_TEST(each.port() == 1234);
        BOOST_TEST((each.address() == "127.0.0.1" || each.address() == "::1"));
    }
}

weir::task<> no_names() {
    using namespace std::string_literals;
    for (const std::string& text :
         {""s, std::string(254, 'a'), "local\0host"s, "127.0.0.1\0.example.org"s}) {
        const auto found = co_await resolve(text, 80);
        BOOST_REQUIRE(!found);
        BOOST_TEST((error_of(found) == resolve_errc::invalid_name));
    }
}

weir::task<> unknown_name() {
    const auto found = co_await weir::with_timeout(20s, resolve("no-such-host.invalid", 80));
    BOOST_REQUIRE(!found);
    // Without a name server nobody can tell whether the host exists.
    const bool is_told = error_of(found) == resolve_errc::host_not_found ||
                         error_of(found) == resolve_errc::try_again ||
                         error_of(found) == std::errc::timed_out;
    BOOST_TEST(is_told, error_of(found).message());
}

weir::task<> stopped_before() {
    weir::stop_source stop;
    stop.request_stop();
    for (const char* text : {"127.0.0.1", "localhost"}) {
        const auto found = co_await weir::with_stop(stop, resolve(text, 80));
        BOOST_TEST((error_of(found) == std::errc::operation_canceled));
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_address_needs_no_lookup) { weir::test::on_reactor(literals); }
BOOST_AUTO_TEST_CASE(localhost_is_this_machine) { weir::test::on_reactor(localhost); }
BOOST_AUTO_TEST_CASE(text_that_is_no_name_is_not_looked_up) { weir::test::on_reactor(no_names); }
BOOST_AUTO_TEST_CASE(an_unknown_name_is_an_error) { weir::test::on_reactor(unknown_name); }
BOOST_AUTO_TEST_CASE(a_stop_before_the_call_looks_nothing_up) {
    weir::test::on_reactor(stopped_before);
}

BOOST_AUTO_TEST_CASE(errors_have_a_category_and_messages) {
    const std::error_code error = resolve_errc::host_not_found;
    BOOST_TEST(error.category().name() == "resolve");
    BOOST_TEST(error.message() == "no host has that name");
    const std::error_code again = resolve_errc::try_again;
    BOOST_TEST((again == std::errc::resource_unavailable_try_again));
    BOOST_TEST(std::error_code(99, error.category()).message() ==
               "unknown error of name resolution");
}

BOOST_AUTO_TEST_SUITE_END()
