// SPDX-License-Identifier: Apache-2.0
#include "load_options.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string_view>
#include <utility>

namespace {

const std::map<std::string, load_mode> mode_names{
    {"echo", load_mode::echo}, {"fanout", load_mode::fanout}, {"connect", load_mode::connect}};

[[noreturn]] void refuse(std::string_view reason) {
    fmt::print(stderr, "weir-load: {}\n", reason);
    std::exit(2);
}

}  // namespace

load_options::load_options(int argc, char** argv) {
    CLI::App app(
        "Loads an echo server, weir's event server, or anything that accepts connections.\n"
        "It raises its limit of open files to the hard limit, as root beyond it.");
    app.add_option("--url", url, "ws://HOST:PORT/PATH or tcp://HOST:PORT")->required();
    app.add_option("--mode", mode,
                   "echo: send and await the answer; fanout: publish to a room of the event "
                   "server; connect: connect and hold")
        ->transform(CLI::CheckedTransformer(mode_names));
    app.add_option("--connections", connections, "connections in all")
        ->check(CLI::Range(1, 2000000));
    app.add_option("--size", size, "bytes of a message")->check(CLI::Range(1, 64 << 20));
    app.add_option("--depth", depth, "messages in flight on a connection, at most")
        ->check(CLI::Range(1, 65536));
    app.add_option("--rate", rate,
                   "messages a second in all, at fixed moments; latency counts from the moment at "
                   "which a message should have been sent. 0: as fast as answers come");
    app.add_option("--duration", duration_s, "seconds of measuring")->check(CLI::Range(0.1, 1e6));
    app.add_option("--ramp-up", ramp_up_s, "seconds over which connections are opened");
    app.add_option("--shards", shards, "threads")->check(CLI::Range(1, 1024));
    app.add_option("--publishers", publishers, "fanout: connections that publish");
    app.add_option("--room", room, "fanout: name of the room");
    app.add_option("--server-pid", server_pid, "report memory and CPU of this process");
    app.add_option("--json", json_file, "write the results to this file");
    app.add_flag("--enforce", enforce, "exit with 3 when a target is missed critically");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::exit(app.exit(error));
    }
    parse_url();
    check();
}

void load_options::parse_url() {
    std::string text = url;
    if (const auto at = text.find("//localhost"); at != std::string::npos) {
        text.replace(at + 2, std::string_view("localhost").size(), "127.0.0.1");
    }
    constexpr std::string_view tcp = "tcp://";
    if (text.starts_with(tcp)) {
        const auto parsed = weir::net::endpoint::parse(std::string_view(text).substr(tcp.size()));
        if (!parsed) refuse("--url tcp:// wants a numeric HOST:PORT");
        server_ = *parsed;
        return;
    }
    auto parsed = weir::ws::url::parse(text);
    if (!parsed) refuse("--url must be ws://HOST:PORT/PATH or tcp://HOST:PORT");
    const auto address = weir::net::endpoint::ip(parsed->host(), parsed->port());
    if (!address) refuse("--url wants a numeric address");
    server_ = *address;
    where_ = std::move(*parsed);
}

void load_options::check() {
    if (depth == 0) depth = is_open_loop() ? 4096 : 1;
    if (mode == load_mode::fanout && !is_websocket()) refuse("--mode fanout needs a ws:// URL");
    publishers = std::clamp<std::size_t>(publishers, 1, connections);
    shards = static_cast<unsigned>(std::min<std::size_t>(shards, connections));
}

std::size_t load_options::sources() const noexcept {
    const bool is_local =
        server_.family() == weir::net::family::ipv4 && server_.address().starts_with("127.");
    return is_local ? (connections + connections_a_source - 1) / connections_a_source : 1;
}

const char* load_options::mode_name() const noexcept {
    switch (mode) {
        case load_mode::echo:
            return "echo";
        case load_mode::fanout:
            return "fanout";
        case load_mode::connect:
            break;
    }
    return "connect";
}

std::string load_options::summary() const {
    std::string text = fmt::format("{} {}: {} connections", mode_name(), url, connections);
    if (mode == load_mode::fanout) text += fmt::format(", {} of them publish", publishers);
    if (mode != load_mode::connect) {
        text += fmt::format(", {} bytes", size);
        text += is_open_loop() ? fmt::format(", {} messages a second", rate)
                               : fmt::format(", depth {}", depth);
    }
    if (sources() > 1) text += fmt::format(", from {} local addresses", sources());
    return text + fmt::format(", {} s, {} shard{}", duration_s, shards, shards == 1 ? "" : "s");
}
