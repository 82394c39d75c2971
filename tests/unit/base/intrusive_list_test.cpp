// SPDX-License-Identifier: Apache-2.0
// intrusive_list: order is kept, and elements leave from anywhere without a search.
#include <weir/base/intrusive_list.hpp>

#include <boost/test/unit_test.hpp>

#include <vector>

BOOST_AUTO_TEST_SUITE(intrusive_list_test)

namespace {

struct item : weir::list_node {
    explicit item(int number) : value(number) {}
    int value;
};
using item_list = weir::intrusive_list<item>;

/// Empties the list and tells what was in it, in order.
std::vector<int> drain(item_list& list) {
    std::vector<int> values;
    while (!list.empty()) values.push_back(list.pop_front().value);
    return values;
}

}  // namespace

BOOST_AUTO_TEST_CASE(elements_come_out_in_the_order_they_were_pushed) {
    item one(1), two(2), three(3);
    item_list list;
    list.push_back(two);
    list.push_back(three);
    list.push_front(one);
    BOOST_TEST(drain(list) == (std::vector<int>{1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_element_in_the_middle_can_leave) {
    item one(1), two(2), three(3);
    item_list list;
    for (item* each : {&one, &two, &three}) list.push_back(*each);
    two.unlink();
    BOOST_TEST(!two.is_linked());
    BOOST_TEST(drain(list) == (std::vector<int>{1, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(splice_appends_all_and_empties_the_source) {
    item one(1), two(2), three(3);
    item_list target;
    item_list source;
    target.push_back(one);
    source.push_back(two);
    source.push_back(three);
    target.splice_back(source);
    BOOST_TEST(source.empty());
    BOOST_TEST(drain(target) == (std::vector<int>{1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(splicing_an_empty_list_changes_nothing) {
    item one(1);
    item_list target;
    item_list source;
    target.push_back(one);
    target.splice_back(source);
    BOOST_TEST(drain(target) == (std::vector<int>{1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(for_each_allows_the_visited_element_to_leave) {
    item one(1), two(2), three(3);
    item_list list;
    for (item* each : {&one, &two, &three}) list.push_back(*each);
    list.for_each([](item& visited) {
        if (visited.value != 2) visited.unlink();
    });
    BOOST_TEST(list.size() == 1U);
    BOOST_TEST(drain(list) == (std::vector<int>{2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
