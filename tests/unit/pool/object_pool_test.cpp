// SPDX-License-Identifier: Apache-2.0
// object_pool: nobody shares an object, nothing is lost, and nothing is allocated in the long run.
#include <weir/pool/object_pool.hpp>

#include "allocation_count.hpp"

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(object_pool_test)

namespace {

using number_list = std::vector<int>;
using list_pool = weir::object_pool<number_list>;

}  // namespace

BOOST_AUTO_TEST_CASE(no_more_objects_are_out_than_allowed) {
    list_pool lists(2);
    auto first = lists.try_acquire();
    auto second = lists.try_acquire();
    BOOST_REQUIRE((first && second));
    BOOST_TEST((&**first != &**second));
    BOOST_TEST(!lists.try_acquire().has_value());
    first->release();
    BOOST_TEST(lists.try_acquire().has_value());
    BOOST_TEST(lists.size() == 2U);
}

BOOST_AUTO_TEST_CASE(an_object_comes_back_in_order_and_keeps_its_memory) {
    list_pool lists(1);
    {
        const auto list = lists.try_acquire();
        BOOST_REQUIRE(list.has_value());
        (*list)->assign(1000, 7);
    }
    const auto again = lists.try_acquire();
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST((*again)->empty());
    BOOST_TEST((*again)->capacity() >= 1000U);
}

BOOST_AUTO_TEST_CASE(what_an_object_holds_ends_when_it_comes_back) {
    weir::object_pool<std::shared_ptr<int>> pointers(1);
    const auto kept = std::make_shared<int>(1);
    {
        const auto pointer = pointers.try_acquire();
        BOOST_REQUIRE(pointer.has_value());
        **pointer = kept;
        BOOST_TEST(kept.use_count() == 2);
    }
    BOOST_TEST(kept.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(an_object_cannot_be_given_back_twice) {
    list_pool lists(2);
    auto list = lists.try_acquire();
    BOOST_REQUIRE(list.has_value());
    auto moved = std::move(*list);
    BOOST_TEST(list->is_empty());
    list->release();
    BOOST_TEST(lists.in_use() == 1U);
    moved.release();
    moved.release();
    BOOST_TEST(lists.in_use() == 0U);
    const auto one = lists.try_acquire();
    const auto other = lists.try_acquire();
    BOOST_REQUIRE((one && other));
    BOOST_TEST((&**one != &**other));
}

BOOST_AUTO_TEST_CASE(a_handle_that_is_replaced_gives_its_object_back) {
    list_pool lists(2);
    auto one = lists.try_acquire();
    auto other = lists.try_acquire();
    BOOST_REQUIRE((one && other));
    *one = std::move(*other);
    BOOST_TEST(lists.in_use() == 1U);
}

BOOST_AUTO_TEST_CASE(the_reset_can_be_chosen) {
    int resets = 0;
    const auto reset = [&resets](int& number) {
        ++resets;
        number = -1;
    };
    weir::object_pool<int, decltype(reset)> numbers(1, reset);
    {
        const auto number = numbers.try_acquire();
        BOOST_REQUIRE(number.has_value());
        **number = 5;
    }
    const auto number = numbers.try_acquire();
    BOOST_REQUIRE(number.has_value());
    BOOST_TEST(**number == -1);
    BOOST_TEST(resets == 1);
}

BOOST_AUTO_TEST_CASE(a_steady_state_allocates_nothing) {
    list_pool lists(100);
    const auto use_some = [&lists] {
        std::optional<list_pool::handle> held[50];
        for (auto& each : held) {
            each.emplace(std::move(*lists.try_acquire()));
            (*each)->push_back(1);
        }
    };
    use_some();
    const weir::test::allocation_count count;
    for (int i = 0; i < 1000; ++i) use_some();
    BOOST_TEST(count.value() == 0U);
}

BOOST_AUTO_TEST_CASE(whatever_order_they_come_back_in_nobody_shares_an_object) {
    constexpr std::size_t most = 37;
    list_pool lists(most);
    weir::random chance(1);
    std::vector<list_pool::handle> held;
    std::set<const number_list*> used;
    for (int i = 0; i < 100'000; ++i) {
        if (chance.chance(0.5)) {
            auto taken = lists.try_acquire();
            BOOST_REQUIRE(taken.has_value() == (held.size() < most));
            if (!taken) continue;
            BOOST_REQUIRE(used.insert(&**taken).second);
            BOOST_REQUIRE((*taken)->empty());
            (*taken)->push_back(i);
            held.push_back(std::move(*taken));
        } else if (!held.empty()) {
            std::swap(held[chance.below(held.size())], held.back());
            used.erase(&*held.back());
            held.pop_back();
        }
        BOOST_REQUIRE(lists.in_use() == held.size());
    }
    BOOST_TEST(lists.size() <= most);
}

BOOST_AUTO_TEST_SUITE_END()
