// SPDX-License-Identifier: Apache-2.0
#include <weir/http/files/byte_ranges.hpp>

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace http = weir::http;

BOOST_AUTO_TEST_SUITE(byte_ranges_test)

namespace {

constexpr std::uint64_t seed = 206;

/// "whole", "none", or the parts as "first+size".
std::string answered(std::string_view field, std::uint64_t total_size = 10'000,
                     std::size_t max_ranges = http::byte_ranges::default_max_ranges) {
    const auto found = http::byte_ranges::of(field, total_size, max_ranges);
    if (found.answer() == http::range_answer::whole) return "whole";
    if (found.answer() == http::range_answer::unsatisfiable) return "none";
    std::string text;
    for (const http::byte_range& part : found.ranges()) {
        text += (text.empty() ? "" : " ") + std::to_string(part.first()) + "+" +
                std::to_string(part.size());
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_examples_of_the_rfc_mean_what_it_says) {
    BOOST_TEST(answered("bytes=0-499") == "0+500");
    BOOST_TEST(answered("bytes=500-999") == "500+500");
    BOOST_TEST(answered("bytes=-500") == "9500+500");
    BOOST_TEST(answered("bytes=9500-") == "9500+500");
    BOOST_TEST(answered("bytes=0-0,-1") == "0+1 9999+1");
    BOOST_TEST(answered("bytes= 0-999, 4500-5499, -1000") == "0+1000 4500+1000 9000+1000");
    BOOST_TEST(answered("bytes=500-600,601-999") == "500+101 601+399");
    BOOST_TEST(answered("bytes=500-700,601-999") == "500+201 601+399");
}

BOOST_AUTO_TEST_CASE(ranges_end_where_the_representation_ends) {
    BOOST_TEST(answered("bytes=9999-20000") == "9999+1");
    BOOST_TEST(answered("bytes=-20000") == "0+10000");
    BOOST_TEST(answered("bytes=0-") == "0+10000");
    BOOST_TEST(answered("bytes=0-99999999999999999999999999") == "0+10000");
    BOOST_TEST(answered("bytes=-99999999999999999999999999") == "0+10000");
}

BOOST_AUTO_TEST_CASE(ranges_beyond_the_end_cannot_be_satisfied_unless_one_can) {
    BOOST_TEST(answered("bytes=10000-") == "none");
    BOOST_TEST(answered("bytes=10000-10001, 99999999999999999999999999-") == "none");
    BOOST_TEST(answered("bytes=-0") == "none");
    BOOST_TEST(answered("bytes=10000-, 5-5") == "5+1");
}

BOOST_AUTO_TEST_CASE(of_nothing_there_is_no_part) {
    BOOST_TEST(answered("bytes=0-", 0) == "none");
    BOOST_TEST(answered("bytes=-0", 0) == "none");
    BOOST_TEST(answered("bytes=-1", 0) == "whole");
}

BOOST_AUTO_TEST_CASE(what_is_malformed_or_counts_something_else_is_ignored) {
    for (const char* field :
         {"",           "bytes",      "bytes=",     "bytes=,",   "items=0-1",     "bytes 0-1",
          "bytes=-",    "bytes=1",    "bytes=a-b",  "bytes=2-1", "bytes=0-1,2-1", "bytes=0-1;2-3",
          "bytes=0 -1", "bytes=0- 1", "bytes=+0-1", "bytes=--1", "bytes=0x0-1",   "bytes=0-1-2",
          "bytes =0-1", "bytes=0.5-1"}) {
        BOOST_TEST(answered(field) == "whole", field);
    }
    BOOST_TEST(answered("Bytes=,0-1 ,\t,") == "0+2");
}

BOOST_AUTO_TEST_CASE(more_ranges_than_allowed_are_ignored) {
    BOOST_TEST(answered("bytes=0-0,1-1", 10, 2) == "0+1 1+1");
    BOOST_TEST(answered("bytes=0-0,1-1,2-2", 10, 2) == "whole");
    BOOST_TEST(answered("bytes=0-0,20-20,21-21", 10, 2) == "whole");
    BOOST_TEST(answered("bytes=0-0", 10, 0) == "whole");
}

BOOST_AUTO_TEST_CASE(ranges_that_together_are_more_than_all_are_ignored) {
    BOOST_TEST(answered("bytes=0-,0-,0-,0-") == "whole");
    BOOST_TEST(answered("bytes=0-,9999-") == "whole");
    BOOST_TEST(answered("bytes=5000-,0-4999") == "5000+5000 0+5000");
}

BOOST_AUTO_TEST_CASE(no_range_leaves_the_representation_whatever_is_asked) {
    weir::random chance(seed);
    constexpr std::string_view alphabet = "0123456789-, ";
    for (int round = 0; round < 20'000; ++round) {
        std::string field = "bytes=";
        for (auto left = chance.below(24); left > 0; --left) {
            field += alphabet[chance.below(alphabet.size())];
        }
        const std::uint64_t total = chance.below(2000);
        const auto found = http::byte_ranges::of(field, total);
        std::uint64_t sum = 0;
        for (const http::byte_range& part : found.ranges()) {
            BOOST_TEST(part.size() > 0U, field);
            BOOST_TEST(part.last() < total, field);
            sum += part.size();
        }
        BOOST_TEST(sum <= total, field);
        BOOST_TEST(found.ranges().empty() == (found.answer() != http::range_answer::partial));
    }
}

BOOST_AUTO_TEST_CASE(a_part_says_where_it_stands) {
    BOOST_TEST(http::content_range({42, 1192}, 1234) == "bytes 42-1233/1234");
    BOOST_TEST(http::unsatisfied_content_range(1234) == "bytes */1234");
}

BOOST_AUTO_TEST_SUITE_END()
