// SPDX-License-Identifier: Apache-2.0
// context, context_call: what stands in the context, or a default, and calls of its functions.
#include <weir/coro/context.hpp>

#include "allocation_count.hpp"
#include "co_test.hpp"

#include <weir/coro/when_all.hpp>
#include <weir/coro/with_value.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(context_test)

namespace {

using namespace std::chrono_literals;

/// Has a default.
class greeting {
public:
    greeting() = default;
    explicit greeting(std::string text) : text_(std::move(text)) {}
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] std::string to(const std::string& name) const { return text_ + " " + name; }
    [[nodiscard]] weir::task<std::string> slowly_to(std::string name, int times) const {
        std::string out = text_;
        for (int i = 0; i < times; ++i) {
            static_cast<void>(co_await weir::sleep_for(1ms));
            out += " " + name;
        }
        co_return out;
    }
    [[nodiscard]] weir::task<weir::result<int>> refuse() const {
        co_return weir::fail(std::errc::bad_message);
    }

private:
    std::string text_ = "hello";
};

weir::task<const greeting*> address_here() {
    const greeting& found = co_await weir::context<greeting>();
    co_return &found;
}
/// `depth` scopes below.
weir::task<const greeting*> address_below(int depth) {
    if (depth == 0) co_return co_await address_here();
    auto deeper = co_await weir::with_timeout(1h, address_below(depth - 1));
    co_return deeper.value_or(nullptr);
}
weir::task<const greeting*> address_below_values(int depth) {
    if (depth == 0) co_return co_await address_here();
    co_return co_await weir::with_value(depth, address_below_values(depth - 1));
}

}  // namespace

CO_TEST(without_a_value_there_is_one_default) {
    const greeting* first = co_await address_here();
    const greeting* second = co_await weir::with_value(1, address_here());
    CO_CHECK_EQUAL(first->text(), "hello");
    CO_CHECK(first == second);
    const auto self = co_await weir::this_task();
    CO_CHECK(!self.contains<greeting>());
}

CO_TEST(a_value_stands_before_the_default_and_only_inside) {
    auto look = []() -> weir::task<std::string> {
        const auto self = co_await weir::this_task();
        CO_CHECK(self.contains<greeting>());
        const greeting& found = co_await weir::context<greeting>();
        co_return found.text();
    };
    const std::string inside = co_await weir::with_value(greeting("moin"), look());
    const greeting& outside = co_await weir::context<greeting>();
    CO_CHECK_EQUAL(inside, "moin");
    CO_CHECK_EQUAL(outside.text(), "hello");
}

CO_TEST(sixteen_scopes_down_it_is_the_same_object) {
    const greeting* found = co_await weir::with_value(greeting("x"), address_below(16));
    const greeting* among = co_await weir::with_value(greeting("x"), address_below_values(16));
    CO_REQUIRE(found != nullptr && among != nullptr);
    CO_CHECK(found->text() != "hello");
    CO_CHECK(among->text() != "hello");
}

CO_TEST(a_function_of_the_value_is_called) {
    auto greet = []() -> weir::task<std::string> {
        co_return co_await weir::context_call<&greeting::to>(std::string("Ada"));
    };
    const std::string inside = co_await weir::with_value(greeting("moin"), greet());
    const std::string outside = co_await greet();
    CO_CHECK_EQUAL(inside, "moin Ada");
    CO_CHECK_EQUAL(outside, "hello Ada");
}

CO_TEST(a_function_that_gives_a_task_is_awaited) {
    const auto text = co_await weir::context_call<&greeting::slowly_to>(std::string("Ada"), 2);
    const auto refused = co_await weir::context_call<&greeting::refuse>();
    CO_CHECK_EQUAL(text, "hello Ada Ada");
    CO_CHECK(!refused && refused.error() == std::errc::bad_message);
}

BOOST_AUTO_TEST_CASE(scopes_without_values_of_their_own_have_no_table_and_look_it_up_alike) {
    const int value = 1;
    weir::scope root;
    root.set(value);
    const weir::test::allocation_count count;
    weir::scope first(root);
    weir::scope second(first);
    const bool is_found = second.find<int>() == &value && first.find<int>() == &value;
    const auto allocated = count.value();
    BOOST_TEST(is_found);
    if (weir::test::allocations_are_counted()) BOOST_TEST(allocated == 0U);
}

BOOST_AUTO_TEST_CASE(several_values_cost_one_table) {
    const int a = 1;
    const double b = 2;
    const char c = 'c';
    weir::scope root;
    const weir::test::allocation_count count;
    root.set(a, b, c);
    const auto allocated = count.value();
    BOOST_TEST((root.contains<int>() && root.contains<double>() && root.contains<char>()));
    BOOST_TEST(!root.contains<long>());
    if (weir::test::allocations_are_counted()) BOOST_TEST(allocated == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
