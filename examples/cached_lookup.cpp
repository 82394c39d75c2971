// SPDX-License-Identifier: Apache-2.0
// A cache in front of a slow source: a thousand ask, one load; whoever comes late gets the old
// value at once while a new one is loaded; and that there is nothing is an answer, too.
#include <weir/cache/cache.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/run.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/map_concurrently.hpp>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using user_cache = weir::cache<int, std::string>;

/// Stands for a database: slow, and its answers change.
class source {
public:
    weir::task<weir::result<std::string>> look_up(int id) {
        const int version = ++asked_;
        co_await weir::ok(weir::sleep_for(5ms));
        if (id < 0) co_return weir::fail(std::errc::no_such_file_or_directory);
        co_return "user " + std::to_string(id) + ", version " + std::to_string(version);
    }
    [[nodiscard]] int asked() const { return asked_; }

private:
    int asked_ = 0;
};

weir::task<weir::result<std::string>> thousand_ask(user_cache& users) {
    const auto ask = [&users](int id) -> weir::task<weir::result<std::string>> {
        co_return co_await users.get(id);
    };
    const std::vector<int> ids(1000, 7);
    const auto answers = co_await weir::ok(weir::map_concurrently(ids, 1000, ask));
    co_return answers.back();
}

weir::task<weir::result<bool>> use(user_cache& users, const source& database) {
    const std::string first = co_await weir::ok(thousand_ask(users));
    std::printf("a thousand asked, the source was asked %d times\n", database.asked());
    bool is_right = database.asked() == 1;

    co_await weir::ok(weir::sleep_for(users.options().ttl));
    const std::string stale = co_await weir::ok(users.get(7));  // did not wait, but began a load
    while (users.loading() > 0) co_await weir::ok(weir::sleep_for(1ms));
    const std::string fresh = co_await weir::ok(users.get(7));
    std::printf("late: %s; and then: %s\n", stale.c_str(), fresh.c_str());

    for (int i = 0; i < 100; ++i) static_cast<void>(co_await users.get(-1));
    const auto seen = users.statistics();
    std::printf("a hundred asked for nobody, %d were told by the cache\n", int(seen.negative_hits));
    is_right = is_right && first == stale && stale != fresh && seen.negative_hits == 99;
    co_return is_right;
}

weir::task<int> run_all() {
    source database;
    weir::cache_options options(10'000);
    options.ttl = 20ms;
    options.stale_while_revalidate = 10min;
    options.negative_ttl = 10min;
    const auto load = [&database](const int& id) { return database.look_up(id); };
    user_cache users(co_await weir::this_task(), options, load);
    const auto was_right = co_await use(users, database);
    co_await users.close();
    co_return was_right && *was_right ? 0 : 1;
}

int main() { return weir::run(run_all()); }
