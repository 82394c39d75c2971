// SPDX-License-Identifier: Apache-2.0
// traceparent: the grammar of W3C Trace Context, 3.2.2 and 4.3.
#include <weir/trace/traceparent.hpp>

#include <weir/trace/id_source.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(traceparent_test)

using weir::trace::format_traceparent;
using weir::trace::parse_traceparent;

namespace {

/// 3.2.3, the first example.
constexpr std::string_view example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::string with(std::size_t at, std::string_view text) {
    std::string changed(example);
    return changed.replace(at, text.size(), text);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_example_of_the_specification_is_read_and_written) {
    const auto read = parse_traceparent(example);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(read->trace().to_string() == "4bf92f3577b34da6a3ce929d0e0e4736");
    BOOST_TEST(read->span().to_string() == "00f067aa0ba902b7");
    BOOST_TEST(read->is_sampled());
    BOOST_TEST(format_traceparent(*read) == example);
}

BOOST_AUTO_TEST_CASE(of_the_flags_only_sampled_has_a_meaning_and_is_passed_on) {
    const auto unsampled = parse_traceparent(with(53, "00"));
    BOOST_REQUIRE(unsampled.has_value());
    BOOST_TEST(!unsampled->is_sampled());
    BOOST_TEST(format_traceparent(*unsampled) == with(53, "00"));
    const auto odd = parse_traceparent(with(53, "ff"));
    BOOST_REQUIRE(odd.has_value());
    BOOST_TEST(format_traceparent(*odd) == example);
    const auto even = parse_traceparent(with(53, "fe"));
    BOOST_TEST((even && !even->is_sampled()));
}

BOOST_AUTO_TEST_CASE(ids_of_zeros_are_refused) {
    BOOST_TEST(!parse_traceparent(with(3, std::string(32, '0'))));
    BOOST_TEST(!parse_traceparent(with(36, std::string(16, '0'))));
}

BOOST_AUTO_TEST_CASE(version_ff_is_refused_and_a_later_one_is_read_by_its_first_fields) {
    BOOST_TEST(!parse_traceparent(with(0, "ff")));
    const auto same_length = parse_traceparent(with(0, "cc"));
    BOOST_REQUIRE(same_length.has_value());
    BOOST_TEST(format_traceparent(*same_length) == example);
    const auto longer = parse_traceparent(with(0, "cc") + "-what-the-future-will-be-like");
    BOOST_REQUIRE(longer.has_value());
    BOOST_TEST(format_traceparent(*longer) == example);
    BOOST_TEST(!parse_traceparent(with(0, "cc") + ".what"));
    BOOST_TEST(!parse_traceparent(std::string(example) + "-what"));
}

BOOST_AUTO_TEST_CASE(each_character_counts) {
    for (std::size_t at = 0; at < example.size(); ++at) {
        for (const std::string_view wrong : {"G", "A", " ", "_"}) {
            BOOST_TEST(!parse_traceparent(with(at, wrong)), at << " " << wrong);
        }
        BOOST_TEST(!parse_traceparent(example.substr(0, at)), at);
    }
    BOOST_TEST(!parse_traceparent(" " + std::string(example)));
    BOOST_TEST(!parse_traceparent(std::string(example) + " "));
    BOOST_TEST(!parse_traceparent(with(2, "0")));
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_as_the_same) {
    weir::trace::id_source ids(3);
    for (int i = 0; i < 1000; ++i) {
        const weir::trace::span_context of(ids.next_trace(), ids.next_span(), i % 2 == 0);
        const auto read = parse_traceparent(format_traceparent(of));
        BOOST_TEST((read && *read == of));
    }
}

BOOST_AUTO_TEST_SUITE_END()
