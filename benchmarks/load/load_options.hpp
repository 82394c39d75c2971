// SPDX-License-Identifier: Apache-2.0
// load_options: the command line of weir-load.
#pragma once

#include <weir/net/endpoint.hpp>
#include <weir/ws/connect.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

/// What kind of load is made.
enum class load_mode : std::uint8_t { echo, fanout, connect };

/// What to load, with how much, for how long; a value, shared by all shards.
class load_options {
public:
    /// Parses the command line; ends the process on `--help` or an error.
    load_options(int argc, char** argv);

    [[nodiscard]] bool is_websocket() const noexcept { return where_.has_value(); }
    /// The parsed URL; only of a ws:// one.
    [[nodiscard]] const weir::ws::url& where() const noexcept { return *where_; }
    [[nodiscard]] const weir::net::endpoint& server() const noexcept { return server_; }
    [[nodiscard]] bool is_open_loop() const noexcept { return rate > 0; }
    /// Seconds as a duration of the clock.
    [[nodiscard]] std::chrono::nanoseconds duration() const noexcept { return to_time(duration_s); }
    [[nodiscard]] std::chrono::nanoseconds ramp_up() const noexcept { return to_time(ramp_up_s); }
    /// Local addresses to connect from: one for each `connections_a_source` connections.
    [[nodiscard]] std::size_t sources() const noexcept;
    [[nodiscard]] const char* mode_name() const noexcept;
    /// One line that says what is run.
    [[nodiscard]] std::string summary() const;

    /// Below the ports that Linux hands out to one address by default (28,232).
    static constexpr std::size_t connections_a_source = 20'000;

    std::string url;
    load_mode mode = load_mode::echo;
    std::size_t connections = 64;
    std::size_t publishers = 1;
    std::size_t size = 125;
    std::size_t depth = 0;  // 0 = 1, or 4096 in an open loop
    double rate = 0;
    double duration_s = 10;
    double ramp_up_s = 0;
    unsigned shards = 1;
    std::string room = "load";
    std::string json_file;
    int server_pid = 0;
    bool enforce = false;

private:
    static std::chrono::nanoseconds to_time(double seconds) noexcept {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(
            std::chrono::duration<double>(seconds));
    }
    void parse_url();
    void check();

    std::optional<weir::ws::url> where_;
    weir::net::endpoint server_;
};
