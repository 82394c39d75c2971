// SPDX-License-Identifier: Apache-2.0
// result: which side it holds, what it converts from, and that move-only values pass through.
#include <weir/base/error.hpp>
#include <weir/base/result.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

BOOST_AUTO_TEST_SUITE(result_test)

BOOST_AUTO_TEST_CASE(a_value_converts_to_a_result_that_holds_it) {
    const weir::result<int> seven = 7;
    BOOST_TEST(seven.has_value());
    BOOST_TEST(*seven == 7);
}

BOOST_AUTO_TEST_CASE(fail_with_a_condition_makes_the_error_side) {
    const weir::result<int> failed = weir::fail(std::errc::timed_out);
    BOOST_TEST(!failed);
    BOOST_TEST((failed.error() == std::errc::timed_out));
}

BOOST_AUTO_TEST_CASE(value_or_gives_the_fallback_only_on_error) {
    const weir::result<int> failed = weir::fail(std::errc::timed_out);
    BOOST_TEST(failed.value_or(3) == 3);
    BOOST_TEST(weir::result<int>(5).value_or(3) == 5);
}

BOOST_AUTO_TEST_CASE(a_move_only_value_is_moved_out) {
    weir::result<std::unique_ptr<int>> owned = std::make_unique<int>(9);
    const std::unique_ptr<int> taken = *std::move(owned);
    BOOST_TEST(*taken == 9);
}

BOOST_AUTO_TEST_CASE(an_error_type_of_the_users_own_is_carried) {
    const weir::result<int, std::string> failed = weir::fail(std::string("no such key"));
    BOOST_TEST(failed.error() == "no such key");
}

BOOST_AUTO_TEST_CASE(a_default_made_void_result_is_success) {
    BOOST_TEST(weir::result<void>().has_value());
}

BOOST_AUTO_TEST_CASE(a_void_result_carries_an_error) {
    const weir::result<void> failed = weir::fail(weir::stopped_error());
    BOOST_TEST(!failed);
    BOOST_TEST(weir::is_stopped(failed.error()));
}

BOOST_AUTO_TEST_CASE(a_void_result_needs_no_default_made_error) {
    class told_error {
    public:
        explicit told_error(std::string text) : text_(std::move(text)) {}
        [[nodiscard]] const std::string& text() const noexcept { return text_; }

    private:
        std::string text_;
    };
    const weir::result<void, told_error> fine;
    const weir::result<void, told_error> failed = weir::fail(told_error("why"));
    BOOST_TEST(fine.has_value());
    BOOST_TEST(failed.error().text() == "why");
}

BOOST_AUTO_TEST_CASE(an_error_is_moved_out_and_a_result_is_assigned_anew) {
    weir::result<int, std::unique_ptr<int>> outcome = weir::fail(std::make_unique<int>(1));
    const std::unique_ptr<int> error = std::move(outcome).error();
    BOOST_TEST(*error == 1);
    outcome = 5;
    BOOST_TEST(*outcome == 5);
}

BOOST_AUTO_TEST_CASE(value_and_error_of_one_type_stay_apart) {
    const weir::result<int, int> value = 1;
    const weir::result<int, int> error = weir::fail(1);
    BOOST_TEST(value.has_value());
    BOOST_TEST(!error.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
