// SPDX-License-Identifier: Apache-2.0
// What a request knows (who asks, in which language) is given once and found wherever it is needed:
// in functions far below, in children that run at the same time, on another shard. Nobody passes it
// on, and no thread-local variable is involved.
#include <weir/coro/context.hpp>
#include <weir/coro/context_view.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/coro/with_value.hpp>
#include <weir/io/runtime.hpp>
#include <weir/io/sleep.hpp>
#include <weir/state/state.hpp>

#include <chrono>
#include <cstdio>
#include <string>

using namespace std::chrono_literals;

namespace {

/// Immutable, so shards may share it: `state` refuses what could be changed behind its back.
struct request_info {
    std::string user = "nobody";
    std::string language = "en";
};
using request = weir::state<request_info>;

weir::task<std::string> greeting() {
    static_cast<void>(co_await weir::sleep_for(1ms));
    const request& now = co_await weir::context<request>();
    co_return (now->language == "de" ? "Hallo " : "Hello ") + now->user;
}

/// One value overridden, for this piece of work only.
weir::task<std::string> greeting_in_german() {
    const request& outer = co_await weir::context<request>();
    const request german = outer.updated(weir::field<&request_info::language> = "de");
    co_return co_await weir::with_value(german, greeting());
}

weir::task<std::string> greeting_from(weir::shard& other) {
    // Another shard sees what is named here, and nothing else.
    const auto view = co_await weir::this_context<request>();
    auto call = other.run(weir::carrying(view, &greeting));
    const weir::result<std::string> said = co_await call;
    co_return said.value_or("nothing");
}

weir::task<std::string> answer(weir::shard& other) {
    auto [english, german, far] =
        co_await weir::when_all(greeting(), greeting_in_german(), greeting_from(other));
    co_return english + ", " + german + ", " + far;
}

}  // namespace

int main() {
    weir::runtime_options options;
    options.shards = 2;
    weir::runtime runtime(options);
    std::string inside;
    std::string outside;
    auto run = [&](weir::shard& here) -> weir::task<> {
        if (here.index() != 0) co_return;
        const request ada(request_info{.user = "Ada"});
        inside = co_await weir::with_value(ada, answer(here.sibling(1)));
        outside = co_await greeting();
    };
    const bool is_done = runtime.run(run).has_value();
    std::printf("%s\n%s\n", inside.c_str(), outside.c_str());
    const bool is_right = inside == "Hello Ada, Hallo Ada, Hello Ada" && outside == "Hello nobody";
    return is_done && is_right ? 0 : 1;
}
