// SPDX-License-Identifier: Apache-2.0
// Test support: a world of two hosts, whose link takes 10 ms, and what tests say to it.
#pragma once

#include "echo_application.hpp"

#include <weir/io/timeout.hpp>
#include <weir/sim/world.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace weir::sim::test {

/// The error that `outcome` holds; none where it succeeded.
template <class T>
std::error_code error_of(const result<T>& outcome) {
    return outcome ? std::error_code() : outcome.error();
}

class two_hosts {
public:
    explicit two_hosts(std::uint64_t seed = 1)
        : all(seed), server(all.add_host("server")), client(all.add_host("client")) {
        all.link(server, client).min_latency = 10ms;
        all.link(server, client).max_latency = 10ms;
    }

    /// Starts `main`, which takes no shard, on `where`, and waits for its end.
    template <class Main>
    void run(host& where, Main main) {
        where.start([main](shard&) { return main(); });
        finish(where);
    }
    template <class Main>
    void start(host& where, Main main) {
        where.start([main](shard&) { return main(); });
    }
    void finish(host& where) {
        const bool ended = all.run_until([&] { return !where.is_running(); }, 24h);
        BOOST_TEST(ended, all.waiters());
        if (!ended || !where.outcome()) return;
        const auto error = error_of(*where.outcome());
        BOOST_TEST(!error, error.message());
    }

    world all;
    host& server;
    host& client;
};

inline task<> sleep_long() { static_cast<void>(co_await sleep_for(1000h)); }

/// Sends `text` on `to` and waits until the kernel has taken it.
inline task<result<void>> tell(net::stream_socket& to, std::string text) {
    co_await ok(to.write_all(as_bytes(text)));
    co_return result<void>();
}

}  // namespace weir::sim::test
