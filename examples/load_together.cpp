// SPDX-License-Identifier: Apache-2.0
// A hundred tasks want a user each; the table is asked once.
#include <weir/flow/data_loader.hpp>
#include <weir/io/run.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/map_concurrently.hpp>

#include <chrono>
#include <cstdio>
#include <numeric>
#include <span>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using user_loader = weir::flow::data_loader<int, std::string>;

/// As `SELECT name FROM users WHERE id = ANY($1)` would.
weir::task<weir::result<user_loader::answer>> select_users(std::span<const int> ids) {
    std::printf("one query for %zu users\n", ids.size());
    co_await weir::ok(weir::sleep_for(5ms));
    user_loader::answer names;
    for (const int id : ids) {
        if (id == 13)
            names.emplace_back(weir::fail(std::errc::no_such_device));
        else
            names.emplace_back("user " + std::to_string(id));
    }
    co_return names;
}

weir::task<int> greet_all() {
    user_loader users(co_await weir::this_task(), &select_users);
    const auto greet = [&users](int id) -> weir::task<weir::result<std::string>> {
        const auto name = co_await users.load(id);
        co_return name ? "hello, " + *name : "nobody has this number";
    };
    std::vector<int> ids(100);
    std::iota(ids.begin(), ids.end(), 1);
    const auto greetings = co_await weir::map_concurrently(ids, 100, greet);
    if (!greetings) co_return 1;
    std::printf("%s; %s\n", greetings->at(6).c_str(), greetings->at(12).c_str());
    co_return 0;
}

int main() { return weir::run(greet_all()); }
