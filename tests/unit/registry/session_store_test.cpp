// SPDX-License-Identifier: Apache-2.0
// session_store: sessions come back from where they were saved, once, and erased ones do not.
#include <weir/registry/session_store.hpp>

#include "co_test.hpp"

#include <weir/cache/memory_store.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/io/sleep.hpp>
#include <weir/io/timeout.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <optional>
#include <string>

BOOST_AUTO_TEST_SUITE(session_store_test)

namespace {

using namespace std::chrono_literals;

/// A memory_store that takes a while to load, and may be out of order.
class slow_store {
public:
    [[nodiscard]] weir::task<weir::result<std::optional<weir::stored_value<std::string>>>> load(
        const std::string& key) {
        ++loads;
        if (is_broken) co_return weir::fail(std::errc::io_error);
        auto found = co_await weir::ok(kept_.load(key));
        co_await weir::ok(weir::sleep_for(10ms));
        co_return found;
    }
    [[nodiscard]] weir::task<weir::result<void>> save(const std::string& key,
                                                      const std::string& value,
                                                      std::chrono::nanoseconds ttl) {
        ++saves;
        co_return co_await kept_.save(key, value, ttl);
    }
    [[nodiscard]] weir::task<weir::result<void>> erase(const std::string& key) {
        co_return co_await kept_.erase(key);
    }

    int loads = 0;
    int saves = 0;
    bool is_broken = false;

private:
    weir::memory_store<std::string, std::string> kept_{100};
};

using store = weir::session_store<std::string, std::string, slow_store>;

weir::session_options at_most(std::size_t sessions) {
    weir::session_options options;
    options.max_sessions = sessions;
    return options;
}
/// Creates, changes and saves one.
weir::task<weir::result<void>> leave(store& in, std::string key, std::string text) {
    const auto mine = co_await weir::ok(in.open_or_create(key, std::string()));
    *mine = std::move(text);
    co_await weir::ok(in.save(key, mine));
    co_return weir::result<void>();
}
/// The text of a session, or what went wrong.
weir::task<std::string> look(store& in, std::string key) {
    const auto found = co_await in.open(std::move(key));
    if (!found) co_return found.error().message();
    co_return *found ? **found : "none";
}

}  // namespace

CO_TEST(a_saved_session_is_found_by_the_next_process_and_an_unsaved_one_is_not) {
    slow_store kept;
    {
        store first(at_most(10), kept);
        static_cast<void>(co_await leave(first, "a", "hello"));
        static_cast<void>(co_await first.open_or_create("b", std::string("unsaved")));
    }
    store second(at_most(10), kept);
    const std::string a = co_await look(second, "a");
    const std::string b = co_await look(second, "b");
    CO_CHECK_EQUAL(a, "hello");
    CO_CHECK_EQUAL(b, "none");
}

CO_TEST(what_is_in_memory_is_not_loaded) {
    slow_store kept;
    store all(at_most(10), kept);
    static_cast<void>(co_await leave(all, "a", "hello"));
    const int before = kept.loads;
    const std::string found = co_await look(all, "a");
    CO_CHECK_EQUAL(found, "hello");
    CO_CHECK_EQUAL(kept.loads, before);
}

CO_TEST(two_that_ask_at_once_get_the_same_session) {
    slow_store kept;
    store all(at_most(10), kept);
    static_cast<void>(co_await leave(all, "a", "hello"));
    all.table().erase("a");
    const auto [one, other] = co_await weir::when_all(all.open("a"), all.open("a"));
    CO_REQUIRE(one && other && *one && *other);
    CO_CHECK(&**one == &**other);
}

CO_TEST(one_that_is_erased_while_it_is_loaded_does_not_come_back) {
    slow_store kept;
    store all(at_most(10), kept);
    static_cast<void>(co_await leave(all, "a", "hello"));
    all.table().erase("a");
    auto erase_soon = [&]() -> weir::task<weir::result<void>> {
        co_await weir::ok(weir::sleep_for(5ms));
        co_return co_await all.erase("a");
    };
    const auto [found, erased] = co_await weir::when_all(look(all, "a"), erase_soon());
    const std::string later = co_await look(all, "a");
    CO_CHECK_EQUAL(found, "none");
    CO_CHECK_EQUAL(later, "none");
    CO_CHECK(erased.has_value());
}

CO_TEST(an_erased_session_is_not_saved_by_who_still_has_it) {
    slow_store kept;
    store all(at_most(10), kept);
    const auto mine = co_await all.open_or_create("a", std::string("x"));
    CO_REQUIRE(mine.has_value());
    static_cast<void>(co_await all.erase("a"));
    static_cast<void>(co_await all.save("a", *mine));
    CO_CHECK_EQUAL(kept.saves, 0);
    CO_CHECK_EQUAL(**mine, "x");
}

CO_TEST(a_backend_that_fails_says_so_and_loses_nothing_that_is_here) {
    slow_store kept;
    store all(at_most(10), kept);
    static_cast<void>(co_await leave(all, "a", "hello"));
    kept.is_broken = true;
    const std::string a = co_await look(all, "a");
    const std::string b = co_await look(all, "b");
    CO_CHECK_EQUAL(a, "hello");
    CO_CHECK_EQUAL(b, std::make_error_code(std::errc::io_error).message());
}

CO_TEST(when_all_are_in_use_a_new_one_is_refused) {
    slow_store kept;
    store all(at_most(1), kept);
    const auto mine = co_await all.open_or_create("a", std::string());
    const auto other = co_await all.open_or_create("b", std::string());
    CO_CHECK(mine.has_value());
    CO_CHECK(!other && other.error() == weir::refusal::exhausted);
}

CO_TEST(the_sweep_takes_out_what_is_over_and_the_backend_forgets_it_too) {
    slow_store kept;
    store all(at_most(10'000), kept);
    static_cast<void>(co_await leave(all, "a", "hello"));
    for (int i = 0; i < 5000; ++i) {
        static_cast<void>(co_await all.open_or_create(std::to_string(i), std::string()));
    }
    auto sweeping = [&]() -> weir::task<> { static_cast<void>(co_await all.sweep()); };
    weir::task_group background(co_await weir::this_task(), 1);
    auto started = background.spawn(sweeping);
    static_cast<void>(co_await started);
    static_cast<void>(co_await weir::sleep_for(59min));
    const std::size_t before = all.size();
    static_cast<void>(co_await weir::sleep_for(3min));
    const std::size_t after = all.size();
    background.request_stop();
    static_cast<void>(co_await background.join());
    const std::string gone = co_await look(all, "a");
    CO_CHECK_EQUAL(before, 5001U);
    CO_CHECK_EQUAL(after, 0U);
    CO_CHECK_EQUAL(all.statistics().expired, 5001U);
    CO_CHECK_EQUAL(gone, "none");
}

CO_TEST(without_a_backend_sessions_are_in_memory_only) {
    weir::no_session_backend<int, int> none;
    weir::session_store<int, int> all(at_most(10), none);
    const auto mine = co_await all.open_or_create(1, 7);
    const auto again = co_await all.open(1);
    CO_REQUIRE(mine && again && *again);
    const auto saved = co_await all.save(1, *again);
    const auto missing = co_await all.open(2);
    const auto erased = co_await all.erase(1);
    CO_CHECK(&**mine == &**again && saved);
    CO_CHECK(missing && !*missing && erased);
}

BOOST_AUTO_TEST_SUITE_END()
