// SPDX-License-Identifier: Apache-2.0
#include <weir/http/content/content_coding.hpp>

#include "allocation_count.hpp"

#include <weir/http/message/error.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(content_coding_test)

namespace {

std::string chosen(std::string_view accept_encoding) {
    http::headers asked;
    BOOST_REQUIRE(asked.add("Accept-Encoding", accept_encoding));
    const auto coding = http::accepted_coding(asked);
    return coding ? std::string(name_of(*coding)) : "none";
}

std::string packed_as(std::string_view content_encoding) {
    http::headers fields;
    BOOST_REQUIRE(fields.add("Content-Encoding", content_encoding));
    const auto coding = http::coding_of(fields);
    return coding ? std::string(name_of(*coding)) : coding.error().message();
}

}  // namespace

BOOST_AUTO_TEST_CASE(whoever_says_nothing_gets_the_identity) {
    BOOST_TEST((http::accepted_coding(http::headers()) == http::content_coding::identity));
}

BOOST_AUTO_TEST_CASE(an_empty_list_wants_no_coding) { BOOST_TEST(chosen("") == "identity"); }

BOOST_AUTO_TEST_CASE(the_greatest_weight_wins_and_of_equals_the_smallest_body) {
    BOOST_TEST(chosen("deflate, gzip") == "gzip");
    BOOST_TEST(chosen("compress, gzip") == "gzip");
    BOOST_TEST(chosen("deflate;q=1, gzip;q=0.999") == "deflate");
    BOOST_TEST(chosen("compress;q=0.5, gzip;q=1.0") == "gzip");
    BOOST_TEST(chosen("gzip;q=0.5, identity;q=0.6") == "identity");
    BOOST_TEST(chosen("gzip;q=0.001") == "gzip");
    BOOST_TEST(chosen("X-GZIP , Identity") == "gzip");
}

BOOST_AUTO_TEST_CASE(a_star_stands_for_all_that_is_not_listed) {
    BOOST_TEST(chosen("*") == "gzip");
    BOOST_TEST(chosen("gzip;q=0, *") == "deflate");
    BOOST_TEST(chosen("gzip;q=0.5, identity;q=0, *;q=0.6") == "deflate");
    BOOST_TEST(chosen("br, *;q=0.1") == "gzip");
}

BOOST_AUTO_TEST_CASE(the_identity_is_acceptable_until_it_is_refused) {
    BOOST_TEST(chosen("br") == "identity");
    BOOST_TEST(chosen("gzip;q=0") == "identity");
    BOOST_TEST(chosen("identity;q=0") == "none");
    BOOST_TEST(chosen("*;q=0") == "none");
    BOOST_TEST(chosen("identity;q=0.5, *;q=0") == "identity");
    BOOST_TEST(chosen("gzip;q=1.0, identity; q=0.5, *;q=0") == "gzip");
}

BOOST_AUTO_TEST_CASE(a_malformed_element_counts_as_not_there) {
    for (const char* weight : {"2", "1.001", "0.1234", ".5", "-1", "", "0x1", "1.0.0", "nan"}) {
        BOOST_TEST(chosen("gzip;q=" + std::string(weight)) == "identity", weight);
    }
    BOOST_TEST(chosen("gzip;q=1.") == "gzip");  // the grammar allows it
    BOOST_TEST(chosen("gzip;level=9") == "identity");
    BOOST_TEST(chosen("gzip;q=1;q=1") == "identity");
    BOOST_TEST(chosen("gzip;q=\"1, deflate") == "identity");
    BOOST_TEST(chosen("gzipx, g zip") == "identity");
}

BOOST_AUTO_TEST_CASE(the_first_of_several_elements_for_one_coding_counts) {
    BOOST_TEST(chosen("gzip;q=0, gzip;q=1") == "identity");
    BOOST_TEST(chosen("*;q=0, *") == "none");
}

BOOST_AUTO_TEST_CASE(a_body_says_how_it_is_packed) {
    BOOST_TEST((*http::coding_of(http::headers()) == http::content_coding::identity));
    BOOST_TEST(packed_as("GZip") == "gzip");
    BOOST_TEST(packed_as("x-gzip") == "gzip");
    BOOST_TEST(packed_as("deflate") == "deflate");
    BOOST_TEST(packed_as("br") == "unsupported content coding");
}

BOOST_AUTO_TEST_CASE(a_coding_upon_a_coding_is_not_unpacked) {
    BOOST_TEST(packed_as("gzip, gzip") == "unsupported content coding");
}

BOOST_AUTO_TEST_CASE(agreeing_allocates_nothing) {
    http::headers asked;
    BOOST_REQUIRE(asked.add("Accept-Encoding", "gzip;q=0.5, deflate, br;q=0.9, *;q=0"));
    const weir::test::allocation_count allocated;
    BOOST_TEST((http::accepted_coding(asked) == http::content_coding::deflate));
    if (weir::test::allocations_are_counted()) BOOST_TEST(allocated.value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
