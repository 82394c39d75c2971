// SPDX-License-Identifier: Apache-2.0
#include <weir/net/connect.hpp>

#include <weir/base/error.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/timeout.hpp>
#include <weir/io/within.hpp>
#include <weir/net/resolver.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/task_group.hpp>

#include <optional>
#include <utility>

namespace weir::net {

namespace {

/// What the attempts have in common: the first socket wins, the first error is the one to report.
class attempt_race {
public:
    explicit attempt_race(task_view owner, std::size_t attempts) noexcept
        : group(owner, attempts) {}

    void won(tcp_socket socket) {
        // One that comes second is closed with the parameter.
        if (!winner) winner = std::move(socket);
        group.request_stop();
        ended.set();
    }
    void lost(std::error_code error) noexcept {
        if (!first_error && !is_stopped(error)) first_error = error;
        ended.set();
    }

    task_group group;
    event ended;  // some attempt has, since the last look
    std::optional<tcp_socket> winner;
    std::error_code first_error;
};

task<> attempt(attempt_race& race, endpoint where, socket_options options) {
    result<tcp_socket> socket = co_await connect(where, std::move(options));
    if (socket) {
        race.won(std::move(*socket));
    } else {
        race.lost(socket.error());
    }
}

/// Starts one attempt after the other until one wins or the caller is stopped.
task<> start_attempts(attempt_race& race, const std::vector<endpoint>& addresses,
                      const connect_options& options) {
    for (const endpoint& where : addresses) {
        race.ended.reset();
        auto spawning = race.group.spawn(attempt, std::ref(race), where, options.socket);
        if (!co_await spawning) co_return;
        const result<void> waited = co_await with_timeout(options.attempt_delay, race.ended.wait());
        const bool is_next = waited || waited.error() == std::errc::timed_out;
        if (race.winner || !is_next) co_return;
    }
}

}  // namespace

std::vector<endpoint> detail::interleave_families(const std::vector<endpoint>& addresses) {
    std::vector<endpoint> order;
    order.reserve(addresses.size());
    std::size_t first = 0;   // of the family that the list begins with
    std::size_t second = 0;  // of all others
    const auto is_first = [&](std::size_t i) {
        return addresses[i].family() == addresses[0].family();
    };
    while (order.size() < addresses.size()) {
        while (first < addresses.size() && !is_first(first)) ++first;
        if (first < addresses.size()) order.push_back(addresses[first++]);
        while (second < addresses.size() && is_first(second)) ++second;
        if (second < addresses.size()) order.push_back(addresses[second++]);
    }
    return order;
}

task<result<tcp_socket>> connect_any(std::vector<endpoint> addresses, connect_options options) {
    if (addresses.empty()) co_return fail(std::errc::invalid_argument);
    addresses = detail::interleave_families(addresses);
    attempt_race race(co_await this_task(), addresses.size());
    co_await start_attempts(race, addresses, options);
    static_cast<void>(co_await race.group.join());
    if (race.winner) co_return std::move(*race.winner);
    if (auto running = co_await check_stopped(); !running) co_return fail(running.error());
    // Without an error of its own every attempt was stopped.
    co_return fail(race.first_error ? race.first_error : stopped_error());
}

task<result<tcp_socket>> connect_to(std::string host, std::uint16_t port, connect_options options) {
    auto lookup = resolve(std::move(host), port);
    result<std::vector<endpoint>> addresses = co_await phase("resolve", std::move(lookup));
    if (!addresses) co_return fail(addresses.error());
    auto attempts = connect_any(std::move(*addresses), std::move(options));
    co_return co_await phase("connect", std::move(attempts));
}

}  // namespace weir::net
