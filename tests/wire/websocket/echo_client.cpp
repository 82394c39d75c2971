// SPDX-License-Identifier: Apache-2.0
// weir as a client of somebody else's server: echo_client URL [deflate]. The server echoes and
// obeys the commands that npm_server.cjs names. `deflate`: the same again and again, under several
// offers of compression. Ends with 1 and a line for each expectation that did not hold.
#include <weir/coro/ok.hpp>
#include <weir/io/run.hpp>
#include <weir/io/timeout.hpp>
#include <weir/ws/connect.hpp>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::chrono_literals;
using weir::ws::connection;
using weir::ws::message;
using weir::ws::message_kind;

int failures = 0;

void expect(bool held, const std::string& what) {
    if (held) return;
    ++failures;
    std::printf("failed: %s\n", what.c_str());
}

weir::ws::client_options demanding_options() {
    weir::ws::client_options options;
    options.connection.limits.max_message_bytes(std::size_t{16} << 20U).max_fragments(65'536);
    options.protocols = {"chat.v2", "chat.v1"};
    options.headers.emplace_back("X-Client", "weir");
    return options;
}

std::string payload_of(std::size_t size) {
    std::string text(size, 'a');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
    return text;
}

weir::task<weir::result<void>> echo_sizes(connection& server) {
    constexpr message_kind kinds[] = {message_kind::text, message_kind::binary};
    constexpr std::size_t sizes[] = {0,      1,      125,    126,       127,
                                     65'535, 65'536, 65'537, 1U << 20U, 1U << 24U};
    for (const std::size_t size : sizes) {
        for (const message_kind kind : kinds) {
            const std::string sent = payload_of(size);
            co_await weir::ok(server.send(kind, weir::as_bytes(sent)));
            const message answer = co_await weir::ok(server.receive());
            expect(answer.kind() == kind, "kind of the echo of " + std::to_string(size));
            expect(answer.text() == sent, "echo of " + std::to_string(size));
        }
    }
    co_return {};
}

weir::task<weir::result<void>> pipeline(connection& server) {
    for (int i = 0; i < 1000; ++i) co_await weir::ok(server.send_text(std::to_string(i)));
    for (int i = 0; i < 1000; ++i) {
        const message answer = co_await weir::ok(server.receive());
        expect(answer.text() == std::to_string(i), "order of message " + std::to_string(i));
    }
    co_return {};
}

weir::task<weir::result<void>> take_fragments(connection& server, std::size_t count) {
    co_await weir::ok(server.send_text("!fragments " + std::to_string(count) + " 256"));
    const message whole = co_await weir::ok(server.receive());
    expect(whole.size() == count * 256, "all of many fragments");
    const auto text = whole.text();
    expect(std::all_of(text.begin(), text.end(), [](char c) { return c == 'f'; }), "their bytes");
    co_return {};
}

weir::task<weir::result<void>> answer_ping(connection& server) {
    co_await weir::ok(server.send_text("!ping hello"));
    const message seen = co_await weir::ok(server.receive());
    expect(seen.text() == "pong hello", "the server saw our pong");
    expect(server.try_ping({}), "our own ping leaves");
    co_await weir::ok(server.send_text("after the ping"));
    co_await weir::ok(server.receive());
    expect(server.round_trip() > 0ns, "the round trip was measured");
    co_return {};
}

weir::task<weir::result<void>> close_from_both_sides(weir::ws::url where,
                                                     const weir::ws::client_options& options) {
    auto closed_by_server = co_await weir::ok(weir::ws::connect(where, options));
    co_await weir::ok(closed_by_server.send_text("!close 4001 enough"));
    const auto end = co_await closed_by_server.receive();
    expect(!end && end.error() == weir::ws::connection_errc::closed, "the end is a close");
    expect(closed_by_server.close_code_received() == weir::ws::close_code(4001), "its code");
    co_await weir::ok(closed_by_server.close());

    auto closed_by_us = co_await weir::ok(weir::ws::connect(where, options));
    co_await weir::ok(closed_by_us.close(weir::ws::close_code(3999), "bye"));
    expect(closed_by_us.close_code_received() == weir::ws::close_code(3999), "our code came back");
    co_return {};
}

std::vector<std::optional<weir::ws::deflate_options>> offers() {
    using weir::ws::deflate_options;
    return {
        deflate_options(),
        deflate_options().threshold_bytes(0).keep_send_context().keep_receive_context(),
        deflate_options().threshold_bytes(0).keep_send_context().send_window_bits(9),
        deflate_options().threshold_bytes(0).keep_receive_context().receive_window_bits(10),
    };
}

weir::task<weir::result<void>> talk(std::string address,
                                    std::optional<weir::ws::deflate_options> deflate) {
    weir::ws::client_options options = demanding_options();
    options.connection.deflate = deflate;
    options.connection.limits.max_inflate_ratio(2000);  // what is sent here repeats itself
    const auto where = weir::ok(weir::ws::url::parse(address));
    auto server = co_await weir::ok(weir::ws::connect(where, options));
    expect(server.protocol() == "chat.v1", "the server's choice of sub-protocol");
    expect(server.deflate().is_agreed() == deflate.has_value(), "compression as it was offered");
    co_await weir::ok(echo_sizes(server));
    co_await weir::ok(pipeline(server));
    co_await weir::ok(take_fragments(server, deflate ? 4096 : 65'536));
    co_await weir::ok(answer_ping(server));
    co_await weir::ok(server.close());
    co_return co_await close_from_both_sides(where, options);
}

}  // namespace

int main(int argc, char** argv) {
    const bool compresses = argc == 3 && std::string_view(argv[2]) == "deflate";
    if (argc != 2 && !compresses) {
        std::fprintf(stderr, "usage: echo_client ws://HOST:PORT/ [deflate]\n");
        return 2;
    }
    auto limited = [](std::string address, auto deflate) -> weir::task<weir::result<void>> {
        co_return co_await weir::with_timeout(60s, talk(std::move(address), deflate));
    };
    std::vector<std::optional<weir::ws::deflate_options>> choices(1);
    if (compresses) choices = offers();
    for (const auto& choice : choices) {
        const auto outcome = weir::run(limited(argv[1], choice));
        if (!outcome) expect(false, outcome.error().message());
    }
    return failures == 0 ? 0 : 1;
}
