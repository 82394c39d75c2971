// SPDX-License-Identifier: Apache-2.0
// refusal: what people read, and what each protocol says instead.
#include <weir/base/refusal.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

BOOST_AUTO_TEST_SUITE(refusal_test)

namespace {

using weir::refusal;

constexpr int first = static_cast<int>(refusal::circuit_open);
constexpr int last = static_cast<int>(refusal::shutting_down);

}  // namespace

BOOST_AUTO_TEST_CASE(a_refusal_is_an_error_code_that_says_why) {
    const std::error_code why = refusal::circuit_open;
    BOOST_TEST(std::string(why.category().name()) == "weir.refusal");
    BOOST_TEST(why.message() == "not tried: too much of this has failed lately");
    BOOST_TEST((why != std::error_code()));
}

BOOST_AUTO_TEST_CASE(no_two_refusals_read_alike) {
    std::set<std::string> messages;
    for (int value = first; value <= last; ++value) {
        messages.insert(weir::refusal_category().message(value));
    }
    BOOST_TEST(messages.size() == static_cast<std::size_t>(last));
    BOOST_TEST(weir::refusal_category().message(last + 1) == "unknown refusal");
    BOOST_TEST(weir::refusal_category().message(0) == "unknown refusal");
}

BOOST_AUTO_TEST_CASE(every_refusal_has_its_terms_in_each_protocol) {
    std::set<std::string_view> labels;
    std::set<int> codes;
    for (int value = first; value <= last; ++value) {
        const auto& terms = weir::terms_of(static_cast<refusal>(value));
        BOOST_TEST((terms.http_status == 429 || terms.http_status == 503));
        BOOST_TEST((terms.websocket_close == 1001 || terms.websocket_close == 1008 ||
                    terms.websocket_close == 1013));
        BOOST_TEST(terms.json_rpc_error <= -32000);
        BOOST_TEST(terms.json_rpc_error >= -32099);
        labels.insert(terms.label);
        codes.insert(terms.json_rpc_error);
    }
    BOOST_TEST(labels.size() == static_cast<std::size_t>(last));
    BOOST_TEST(codes.size() == static_cast<std::size_t>(last));
}

BOOST_AUTO_TEST_CASE(who_is_rate_limited_is_told_otherwise_than_who_meets_a_server_that_leaves) {
    BOOST_TEST(weir::terms_of(refusal::rate_limited).http_status == 429);
    BOOST_TEST(weir::terms_of(refusal::rate_limited).label == "rate_limited");
    BOOST_TEST(weir::terms_of(refusal::shutting_down).http_status == 503);
    BOOST_TEST(weir::terms_of(refusal::shutting_down).websocket_close == 1001);
}

BOOST_AUTO_TEST_SUITE_END()
