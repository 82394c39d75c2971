// SPDX-License-Identifier: Apache-2.0
#include "server_process.hpp"

#include <weir/coro/when_any.hpp>
#include <weir/io/sleep.hpp>

#include <algorithm>
#include <chrono>

namespace weir::sim::test {

namespace {

using namespace std::chrono_literals;

/// A server among those that serve, as long as it lives.
class place_among {
public:
    explicit place_among(std::vector<const event_server*>& all, const event_server& one)
        : all_(all), one_(one) {
        all_.push_back(&one_);
    }
    place_among(const place_among&) = delete;
    place_among& operator=(const place_among&) = delete;
    ~place_among() { std::erase(all_, &one_); }

private:
    std::vector<const event_server*>& all_;
    const event_server& one_;
};

}  // namespace

task<result<void>> server_process::run(shard& here) {
    if (here.index() == 0) {
        state_ = std::make_shared<server_state>(settings_);
        state_->websocket.rules.allow_any_origin();
        drains_ = false;
    }
    const std::shared_ptr<server_state> mine = state_;
    event_server server(*mine);
    const place_among serving(serving_, server);
    auto ended = co_await when_any(server.serve(where_), drain_when_asked(server));
    co_return ended.outcome<0>();
}

task<> server_process::drain_when_asked(event_server& server) {
    while (!drains_) {
        if (!co_await sleep_for(200ms)) co_return;
    }
    state_->draining = true;
    server.drain();
    // Ending would end the server at once.
    event never;
    static_cast<void>(co_await never.wait());
}

std::size_t server_process::longest_queue() const noexcept {
    std::size_t longest = 0;
    for (const event_server* each : serving_) longest = std::max(longest, each->longest_queue());
    return longest;
}

}  // namespace weir::sim::test
