// SPDX-License-Identifier: Apache-2.0
// deeply_immutable: what it lets in and what it keeps out, at any depth.
#include <weir/state/deeply_immutable.hpp>

#include <weir/state/immutable_map.hpp>
#include <weir/state/immutable_vector.hpp>
#include <weir/state/state.hpp>

#include <boost/test/unit_test.hpp>

#include <map>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace {

using weir::deeply_immutable;

enum class colour { red };
struct point {
    int x = 0;
    int y = 0;
};
struct tree {
    std::string name;
    std::optional<weir::state<tree>> parent;
    weir::immutable_vector<weir::state<tree>> children;
};
struct everything {
    bool a;
    colour b;
    std::string c;
    std::optional<std::string> d;
    std::array<point, 2> e;
    std::variant<int, point> f;
    std::tuple<int, std::pair<char, double>> g;
    std::chrono::steady_clock::time_point h;
    void (*i)(int);
    weir::state<point> j;
    weir::immutable_map<std::string, tree> k;
    weir::immutable_vector<int> l;
};
struct hides_a_vector {
    int a;
    point b;
    std::vector<int> c;
};
struct hides_it_deeper {
    point a;
    std::optional<hides_a_vector> b;
};
struct hides_a_pointer {
    point a;
    int* b;
};
struct hides_a_reference {
    int a;
    int& b;
};
struct hides_a_const_reference {
    const int& a;
    int b;
};
struct too_many {
    int a, b, c, d, e, f, g, h, i, j, k, l, m;
};
class vouched_for {
public:
    explicit vouched_for(int cents) : cents_(cents) {}
    [[nodiscard]] int cents() const noexcept { return cents_; }

private:
    int cents_;
};
class unknown {
public:
    explicit unknown(int value) : value_(value) {}
    [[nodiscard]] int value() const noexcept { return value_; }

private:
    int value_;
};

}  // namespace

template <>
inline constexpr bool weir::is_immutable_value<vouched_for> = true;

BOOST_AUTO_TEST_SUITE(deeply_immutable_test)

BOOST_AUTO_TEST_CASE(values_and_aggregates_of_values_are_let_in) {
    static_assert(deeply_immutable<int> && deeply_immutable<const double> &&
                  deeply_immutable<colour>);
    static_assert(deeply_immutable<std::string> && deeply_immutable<std::error_code>);
    static_assert(deeply_immutable<point> && deeply_immutable<everything>);
    static_assert(deeply_immutable<tree> && deeply_immutable<weir::state<tree>>);
    static_assert(deeply_immutable<std::monostate> && deeply_immutable<int (*)(double)>);
}

BOOST_AUTO_TEST_CASE(what_can_be_changed_through_another_name_is_kept_out) {
    static_assert(!deeply_immutable<int*> && !deeply_immutable<const int*>);
    static_assert(!deeply_immutable<int&> && !deeply_immutable<const int&>);
    static_assert(!deeply_immutable<std::vector<int>> && !deeply_immutable<std::map<int, int>>);
    static_assert(!deeply_immutable<std::shared_ptr<int>> &&
                  !deeply_immutable<std::unique_ptr<const int>>);
    static_assert(!deeply_immutable<std::span<int>> && !deeply_immutable<std::string_view>);
    static_assert(!deeply_immutable<std::optional<std::vector<int>>>);
    static_assert(!deeply_immutable<weir::immutable_vector<int*>>);
    static_assert(!deeply_immutable<weir::immutable_map<int, std::vector<int>>>);
}

BOOST_AUTO_TEST_CASE(it_looks_into_the_fields_of_aggregates) {
    static_assert(!deeply_immutable<hides_a_vector> && !deeply_immutable<hides_it_deeper>);
    static_assert(!deeply_immutable<hides_a_pointer>);
    static_assert(!deeply_immutable<hides_a_reference>);
    static_assert(!deeply_immutable<hides_a_const_reference>);
    static_assert(!deeply_immutable<too_many>);
}

BOOST_AUTO_TEST_CASE(a_class_needs_somebody_who_vouches_for_it) {
    static_assert(deeply_immutable<vouched_for> && !deeply_immutable<unknown>);
}

BOOST_AUTO_TEST_SUITE_END()
