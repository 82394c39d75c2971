// SPDX-License-Identifier: Apache-2.0
// Test support: a server that can be killed and started again, and a client that talks to it.
//
// It speaks lines of words. `ID echo TEXT` is answered with `ID TEXT`, `ID sub CHANNEL` and `ID
// unsub CHANNEL` with `ID ok`; what a test wants beyond that it says itself.
#pragma once

#include "../../../ring/ws/ws_peers.hpp"
#include "co_test.hpp"

#include <weir/coro/stop.hpp>
#include <weir/coro/when_any.hpp>
#include <weir/sync/event.hpp>
#include <weir/sync/task_group.hpp>
#include <weir/ws/accept.hpp>
#include <weir/ws/client/client.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::ws::test {

/// The words of a line, at most three: the last one is the rest.
inline std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    while (words.size() < 2 && line.find(' ') != std::string_view::npos) {
        words.emplace_back(line.substr(0, line.find(' ')));
        line.remove_prefix(line.find(' ') + 1);
    }
    words.emplace_back(line);
    return words;
}

/// Serves at one port, over several lives.
class fake_server {
public:
    /// What it does about a line; empty = it says nothing.
    using answer_function = std::function<std::string(const std::string& line)>;

    explicit fake_server(net::endpoint at = net::endpoint::loopback(0)) : at_(std::move(at)) {
        options_.connection = quick_options();
        options_.connection.close_timeout = 100ms;
    }

    /// Runs until it is stopped.
    weir::task<> serve() {
        for (;;) {
            const auto up = co_await up_.wait();
            if (!up) co_return;
            life_.emplace();
            auto living = weir::with_stop(*life_, live());
            co_await living;
            const auto asked = co_await weir::check_stopped();
            if (!asked) co_return;
        }
    }
    /// Every connection is reset, and nobody listens.
    void kill() {
        up_.reset();
        if (life_) life_->request_stop();
    }
    void start() { up_.set(); }
    /// Ends all connections in order, with that code.
    void close_all(close_code code) {
        for (connection* each : open_) each->start_close(code);
    }
    void push(std::string text) {
        for (connection* each : open_) {
            each->try_send(prepared_message(message_kind::text, as_bytes(text)));
        }
    }
    /// Sends the first connection a text of `size` letters, less than 126, one each `pause`. It
    /// is to be frozen, so that nothing else is sent in between.
    weir::task<> trickle(std::size_t size, std::chrono::nanoseconds pause) {
        std::string frame(2, '\x81');
        frame[1] = static_cast<char>(size);
        frame.append(size, 'x');
        for (std::size_t i = 0; i < frame.size() && !open_.empty(); ++i) {
            const auto sent = co_await open_.front()->socket().send_copy(
                weir::as_bytes(std::string_view(frame).substr(i, 1)));
            if (!sent) co_return;
            const auto slept = co_await weir::sleep_for(pause);
            if (!slept) co_return;
        }
    }

    [[nodiscard]] url where() const { return *url::parse("ws://" + at_.to_string() + "/"); }
    [[nodiscard]] std::uint16_t port() const noexcept { return at_.port(); }
    [[nodiscard]] std::size_t connections() const noexcept { return open_.size(); }
    /// All that was said to the connection that came as number `life`, from 1 on.
    [[nodiscard]] std::string heard(std::size_t life) const {
        const auto found = heard_.find(life);
        return found == heard_.end() ? std::string() : found->second;
    }
    [[nodiscard]] std::size_t accepted() const noexcept { return accepted_; }

    /// How the last connection that ended was closed by the client.
    [[nodiscard]] close_code code() const noexcept { return code_; }
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

    answer_function answer = [](const std::string& line) {
        const auto words = words_of(line);
        if (words.size() < 3) return std::string();
        return words[0] + ' ' + (words[1] == "echo" ? words[2] : "ok");
    };

private:
    weir::task<> live() {
        // Those of the life before may not be gone yet.
        auto listening = net::tcp_acceptor::listen(at_);
        while (!listening && listening.error() == std::errc::address_in_use) {
            const auto slept = co_await weir::sleep_for(1ms);
            if (!slept) co_return;
            listening = net::tcp_acceptor::listen(at_);
        }
        auto acceptor = must(std::move(listening));
        at_ = acceptor.local_endpoint();
        weir::task_group group(co_await weir::this_task(), 100, weir::on_error::collect_all);
        for (;;) {
            auto socket = co_await acceptor.accept();
            if (!socket) break;
            auto started = group.spawn([this](net::tcp_socket of) { return talk(std::move(of)); },
                                       std::move(*socket));
            const auto begun = co_await started;
            if (!begun) break;
        }
        group.request_stop();
        static_cast<void>(co_await group.join());
    }
    weir::task<> talk(net::tcp_socket socket) {
        auto made = co_await ws::accept(std::move(socket), options_);
        if (!made) co_return;
        const std::size_t life = ++accepted_;
        open_.push_back(&*made);
        for (;;) {
            auto arrived = co_await made->receive();
            if (!arrived) break;
            const std::string line(arrived->text());
            heard_[life] += line + '\n';
            // Nothing is read any more, so no ping is answered either; the connection stays.
            if (line == "freeze") static_cast<void>(co_await weir::sleep_for(24h));
            const std::string reply = answer(line);
            if (!reply.empty()) static_cast<void>(co_await made->send_text(reply));
        }
        std::erase(open_, &*made);
        code_ = made->close_code_received();
        reason_ = made->close_reason_received();
        const auto asked = co_await weir::check_stopped();
        if (!asked) made->socket().abort();
    }

    server_options options_;
    weir::event up_;
    std::optional<weir::stop_source> life_;
    std::vector<connection*> open_;
    std::map<std::size_t, std::string> heard_;
    std::size_t accepted_ = 0;
    close_code code_ = close_code::no_status;
    std::string reason_;
    net::endpoint at_;
};

/// A setup with short times, and hooks that speak the server's words.
inline client_setup quick_setup(url where) {
    client_setup setup(std::move(where));
    setup.connect.connection = quick_options();
    setup.connect.connection.handshake_timeout = 1s;
    setup.delays = weir::resilience::backoff_policy::constant(100ms).max_retries(5);
    setup.stable_after = 1s;
    setup.seed = 7;
    setup.ping_interval = 0s;
    setup.restore_jitter = 10ms;
    setup.reply_id = [](const message& arrived) {
        const auto words = words_of(arrived.text());
        return words.size() > 1 && words[0].find_first_not_of("0123456789sunb-") == words[0].npos
                   ? words[0]
                   : std::string();
    };
    const auto ask = [](client_link link, std::string verb,
                        std::string channel) -> weir::task<weir::result<void>> {
        const std::string id =
            verb + '-' + std::to_string(link.epoch()) + std::to_string(channel.size());
        auto asking =
            link.request(outgoing(id + ' ' + verb + ' ' + channel).kind(request_kind::subscription),
                         correlation::by_id(id));
        const auto answer = co_await std::move(asking);
        if (!answer) co_return weir::fail(answer.error());
        if (!answer->text().ends_with(" ok")) {
            co_return weir::fail(make_error_code(client_errc::subscription_refused));
        }
        co_return {};
    };
    setup.subscribe = [ask](client_link link, std::string channel) {
        return ask(link, "sub", std::move(channel));
    };
    setup.unsubscribe = [ask](client_link link, std::string channel) {
        return ask(link, "unsub", std::move(channel));
    };
    return setup;
}

/// The reply to `ID echo TEXT`, or the error.
inline weir::task<std::string> ask(client& peer, std::string id, std::string text) {
    outgoing question(id + " echo " + std::move(text));
    auto asking = peer.request(std::move(question), correlation::by_id(id));
    const auto answer = co_await std::move(asking);
    co_return answer ? std::string(answer->text()) : answer.error().message();
}

/// Sends each of `letters` as a message of its own.
inline weir::task<> send_letters(client& peer, std::string letters) {
    for (std::size_t i = 0; i < letters.size(); ++i) {
        const auto sent = co_await peer.send_text(std::string(1, letters[i]));
        CO_CHECK(sent.has_value());
    }
}

inline std::string text_of(client_errc error) { return make_error_code(error).message(); }

/// Waits until `condition` holds, as often as something may have happened.
template <class Condition>
weir::task<bool> eventually(Condition condition, std::chrono::nanoseconds limit = 30s) {
    const auto end = weir::test::now() + limit;
    while (!condition()) {
        const auto slept = co_await weir::sleep_for(1ms);
        if (!slept || weir::test::now() >= end) co_return false;
    }
    co_return true;
}

/// Runs `use(client, server)` while both run; then they are stopped.
template <class Prepare, class Use>
weir::task<> play(Prepare prepare, Use use) {
    fake_server server;
    server.start();
    auto scene = [&]() -> weir::task<> {
        const auto listens = co_await eventually([&] { return server.port() != 0; });
        if (!listens) co_return;
        client_setup setup = quick_setup(server.where());
        prepare(setup);
        client peer(std::move(setup));
        auto using_it = [&]() -> weir::task<> { co_await use(peer, server); };
        auto running = [&]() -> weir::task<> {
            static_cast<void>(co_await peer.run());
            // The race is decided by who uses it.
            static_cast<void>(co_await weir::sleep_for(2h));
        };
        auto race = weir::when_any(using_it(), running());
        static_cast<void>(co_await race);
    };
    // Where a request to the kernel has failed, the other end may not have been told.
    auto patience = []() -> weir::task<> { static_cast<void>(co_await weir::sleep_for(1h)); };
    auto race = weir::when_any(scene(), server.serve(), patience());
    static_cast<void>(co_await race);
}
template <class Use>
weir::task<> play(Use use) {
    co_await play([](client_setup&) {}, std::move(use));
}

}  // namespace weir::ws::test
