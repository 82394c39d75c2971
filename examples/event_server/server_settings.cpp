// SPDX-License-Identifier: Apache-2.0
#include "server_settings.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

namespace {

using weir::pubsub::slow_policy;

const std::map<std::string, slow_policy> slow_policies{{"close", slow_policy::close},
                                                       {"drop-newest", slow_policy::drop_newest},
                                                       {"drop-oldest", slow_policy::drop_oldest}};

}  // namespace

server_settings::server_settings(int argc, char** argv) {
    CLI::App app(
        "Rooms over WebSocket, with a live page.\n"
        "It raises its limit of open files to the hard limit, as root beyond it.");
    auto drain_count = drain.count();
    app.add_option("--listen", where, "address HOST:PORT; port 0 chooses a free one");
    app.add_option("--shards", shards, "threads, each with its own loop")
        ->check(CLI::Range(1, 1024));
    app.add_option("--max-connections", max_connections, "more are answered with 503")
        ->check(CLI::Range(1, 10'000'000));
    app.add_option("--slow-consumer", rooms.slow,
                   "what is done about a client that does not read: close it with 1013, or drop "
                   "messages for it")
        ->transform(CLI::CheckedTransformer(slow_policies));
    app.add_option("--budget", rooms.budget_bytes, "bytes that may wait for one client")
        ->check(CLI::Range(1024, 1 << 30));
    app.add_option("--drain-seconds", drain_count, "how long closing may take after SIGTERM")
        ->check(CLI::Range(1, 3600));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::exit(app.exit(error));
    }
    drain = std::chrono::seconds(drain_count);
}

weir::net::port_reservation server_settings::claim() const {
    const auto address = weir::net::endpoint::parse(where);
    auto claimed = address ? weir::net::port_reservation::claim(*address)
                           : weir::result<weir::net::port_reservation>(weir::fail(address.error()));
    if (!claimed) {
        std::fprintf(stderr, "cannot listen on %s: %s\n", where.c_str(),
                     claimed.error().message().c_str());
        std::exit(1);
    }
    return std::move(*claimed);
}
