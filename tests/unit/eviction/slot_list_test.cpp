// SPDX-License-Identifier: Apache-2.0
// slot_list: order, counts and weights, and when a slot that is used again moves.
#include <weir/eviction/slot_list.hpp>

#include <weir/base/random.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(slot_list_test)

namespace {

using weir::slot_links;

/// Slots without keys: slot n weighs n + 1.
class bare_slots {
public:
    explicit bare_slots(std::size_t count) : links_(count) {}

    [[nodiscard]] slot_links& links(std::uint32_t slot) noexcept { return links_[slot]; }
    [[nodiscard]] std::uint32_t hash(std::uint32_t slot) const noexcept { return slot; }
    [[nodiscard]] std::uint64_t weight(std::uint32_t slot) const noexcept { return slot + 1; }

private:
    std::vector<slot_links> links_;
};
static_assert(weir::slot_access<bare_slots>);
static_assert(sizeof(slot_links) == 12);

using list = weir::slot_list<bare_slots>;

/// Slot 0, and a crowd without end that shares one place: their order is lost, their number counts.
class crowded_slots {
public:
    [[nodiscard]] slot_links& links(std::uint32_t slot) noexcept { return links_[slot == 0]; }
    [[nodiscard]] std::uint32_t hash(std::uint32_t slot) const noexcept { return slot; }
    [[nodiscard]] std::uint64_t weight(std::uint32_t /*slot*/) const noexcept { return 1; }

private:
    std::array<slot_links, 2> links_;
};

/// The slots from the one that leaves next to the newest; the list is empty afterwards.
std::string taken_from_the_back(list& from, bare_slots& slots) {
    std::string order;
    while (!from.empty()) {
        const std::uint32_t slot = from.back();
        order += std::to_string(slot) + " ";
        from.erase(slots, slot);
    }
    return order;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_first_that_came_is_the_last) {
    bare_slots slots(5);
    list all(1);
    BOOST_TEST(all.back() == list::none);
    for (std::uint32_t slot = 0; slot < 5; ++slot) all.push_front(slots, slot);
    BOOST_TEST(all.size() == 5U);
    BOOST_TEST(taken_from_the_back(all, slots) == "0 1 2 3 4 ");
    BOOST_TEST(all.back() == list::none);
    BOOST_TEST(all.weight() == 0U);
}

BOOST_AUTO_TEST_CASE(first_middle_and_last_may_be_erased) {
    bare_slots slots(5);
    list all(1);
    for (std::uint32_t slot = 0; slot < 5; ++slot) all.push_front(slots, slot);
    all.erase(slots, 2);
    all.erase(slots, 0);
    all.erase(slots, 4);
    BOOST_TEST(taken_from_the_back(all, slots) == "1 3 ");
}

BOOST_AUTO_TEST_CASE(a_slot_knows_the_list_that_it_is_in) {
    bare_slots slots(2);
    list one(1);
    list other(3);
    one.push_front(slots, 0);
    other.push_front(slots, 1);
    BOOST_TEST((one.holds(slots.links(0)) && !other.holds(slots.links(0))));
    BOOST_TEST((other.holds(slots.links(1)) && !one.holds(slots.links(1))));
    one.erase(slots, 0);
    BOOST_TEST((slots.links(0).segment == 0));
}

BOOST_AUTO_TEST_CASE(what_is_used_again_near_the_front_stays_where_it_is) {
    bare_slots slots(8);
    list all(1);
    for (std::uint32_t slot = 0; slot < 8; ++slot) all.push_front(slots, slot);
    all.refresh(slots, 5);  // two behind the front: a quarter of eight
    BOOST_TEST(taken_from_the_back(all, slots) == "0 1 2 3 4 5 6 7 ");
}

BOOST_AUTO_TEST_CASE(what_is_used_again_farther_back_goes_to_the_front) {
    bare_slots slots(8);
    list all(1);
    for (std::uint32_t slot = 0; slot < 8; ++slot) all.push_front(slots, slot);
    all.refresh(slots, 4);
    all.refresh(slots, 0);
    BOOST_TEST(taken_from_the_back(all, slots) == "1 2 3 5 6 7 4 0 ");
}

BOOST_AUTO_TEST_CASE(a_list_of_few_is_in_exact_order) {
    bare_slots slots(3);
    list all(1);
    for (std::uint32_t slot = 0; slot < 3; ++slot) all.push_front(slots, slot);
    all.refresh(slots, 1);
    all.refresh(slots, 1);
    BOOST_TEST(taken_from_the_back(all, slots) == "0 2 1 ");
}

BOOST_AUTO_TEST_CASE(rotating_brings_the_last_to_the_front) {
    bare_slots slots(3);
    list all(1);
    all.push_front(slots, 0);
    all.rotate(slots);
    BOOST_TEST(all.back() == 0U);
    for (std::uint32_t slot = 1; slot < 3; ++slot) all.push_front(slots, slot);
    all.rotate(slots);
    BOOST_TEST(taken_from_the_back(all, slots) == "1 2 0 ");
}

BOOST_AUTO_TEST_CASE(it_is_a_deque_with_a_weight_through_random_use) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        weir::random chance(seed);
        bare_slots slots(12);
        list all(2);
        std::deque<std::uint32_t> model;  // newest first
        std::uint64_t weight = 0;
        for (int step = 0; step < 500; ++step) {
            const auto slot = static_cast<std::uint32_t>(chance.below(12));
            const auto place = std::find(model.begin(), model.end(), slot);
            if (place == model.end()) {
                all.push_front(slots, slot);
                model.push_front(slot);
                weight += slot + 1;
            } else if (chance.below(2) == 0) {
                all.erase(slots, slot);
                model.erase(place);
                weight -= slot + 1;
            } else {
                all.rotate(slots);
                model.push_front(model.back());
                model.pop_back();
            }
            BOOST_TEST(all.size() == model.size(), "seed " << seed);
            BOOST_TEST(all.weight() == weight, "seed " << seed);
            BOOST_TEST(all.back() == (model.empty() ? list::none : model.back()), "seed " << seed);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_number_of_a_push_may_wrap_around) {
    bare_slots slots(8);
    list all(1);
    for (std::uint32_t slot = 0; slot < 8; ++slot) all.push_front(slots, slot);
    // Each turn brings all eight to the front once; 2^22 pushes lie somewhere in between.
    for (std::uint32_t i = 0; i < (1U << 22U) - 4; ++i) all.rotate(slots);
    for (std::uint32_t turn = 0; turn < 3; ++turn) {
        for (std::uint32_t step = 0; step < 8; ++step) {
            const std::uint32_t last = all.back();
            all.refresh(slots, last);
            BOOST_TEST(all.back() != last);
        }
    }
    BOOST_TEST(taken_from_the_back(all, slots) == "4 5 6 7 0 1 2 3 ");
}

BOOST_AUTO_TEST_CASE(in_a_list_longer_than_push_numbers_reach_what_is_used_again_moves) {
    crowded_slots slots;
    weir::slot_list<crowded_slots> all(1);
    all.push_front(slots, 0);
    constexpr std::uint32_t crowd = (1U << 24U) + (1U << 20U);
    for (std::uint32_t slot = 1; slot <= crowd; ++slot) all.push_front(slots, slot);
    BOOST_TEST(all.back() == 0U);
    all.refresh(slots, 0);
    BOOST_TEST(all.back() != 0U);
}

BOOST_AUTO_TEST_SUITE_END()
