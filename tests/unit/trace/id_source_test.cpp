// SPDX-License-Identifier: Apache-2.0
// id_source: ids that are repeatable when they shall be and differ when they must.
#include <weir/trace/id_source.hpp>

#include <boost/test/unit_test.hpp>

#include <set>

BOOST_AUTO_TEST_SUITE(id_source_test)

using weir::trace::id_source;

BOOST_AUTO_TEST_CASE(a_seed_draws_the_same_ids_again) {
    id_source first(7);
    id_source second(7);
    id_source other(8);
    BOOST_CHECK(first.next_trace() == second.next_trace());
    BOOST_CHECK(first.next_span() == second.next_span());
    BOOST_CHECK(first.next_trace() != other.next_trace());
}

BOOST_AUTO_TEST_CASE(sources_without_a_seed_begin_in_different_places) {
    id_source first;
    id_source second;
    const auto one = first.next_trace();
    const auto two = second.next_trace();
    BOOST_TEST(one.high() != two.high());
    BOOST_TEST(one.low() != two.low());
}

BOOST_AUTO_TEST_CASE(no_id_comes_twice_and_none_is_zero) {
    id_source ids(1);
    std::set<weir::trace::span_id> spans;
    std::set<weir::trace::trace_id> traces;
    constexpr std::size_t many = 20'000;
    for (std::size_t i = 0; i < many; ++i) {
        spans.insert(ids.next_span());
        traces.insert(ids.next_trace());
    }
    BOOST_TEST(spans.size() == many);
    BOOST_TEST(traces.size() == many);
    BOOST_TEST(!spans.contains(weir::trace::span_id()));
    BOOST_TEST(!traces.contains(weir::trace::trace_id()));
}

BOOST_AUTO_TEST_CASE(the_source_of_a_thread_can_be_replaced) {
    id_source::of_this_thread() = id_source(7);
    BOOST_CHECK(id_source::of_this_thread().next_trace() == id_source(7).next_trace());
    id_source::of_this_thread() = id_source();
}

BOOST_AUTO_TEST_SUITE_END()
