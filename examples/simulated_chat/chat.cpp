// SPDX-License-Identifier: Apache-2.0
#include "chat.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

namespace chat {

using namespace std::chrono_literals;
using weir::net::tcp_socket;

weir::task<weir::result<void>> server::serve(std::uint16_t port) {
    auto acceptor = weir::ok(weir::net::tcp_acceptor::listen(weir::net::endpoint::any(port)));
    weir::task_group members(co_await weir::this_task(), 100);
    while (auto socket = co_await acceptor.accept()) {
        auto started = members.spawn(&server::attend, this, std::move(*socket));
        if (!co_await started) break;
    }
    co_return co_await members.join();
}

weir::task<> server::attend(tcp_socket socket) {
    present_.push_back(&socket);
    while (auto said = co_await socket.receive()) {
        if (said->empty()) break;
        const std::vector<tcp_socket*> all = present_;
        for (tcp_socket* each : all) {
            // Whoever left while another one was told is not there any more.
            const bool is_there =
                std::find(present_.begin(), present_.end(), each) != present_.end();
            if (!is_there || each == &socket) continue;
            static_cast<void>(co_await each->send_copy(said->data()));
        }
    }
    std::erase(present_, &socket);
}

namespace {

weir::task<weir::result<void>> listen_to(tcp_socket& from, std::vector<std::string>& heard) {
    std::string rest;
    for (;;) {
        const weir::buffer_lease chunk = co_await weir::ok(from.receive());
        if (chunk.empty()) co_return weir::fail(std::errc::connection_aborted);
        rest += weir::as_text(chunk.data());
        for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
            heard.push_back(rest.substr(0, end));
            rest.erase(0, end + 1);
        }
    }
}

weir::task<weir::result<void>> speak(tcp_socket& to, const std::string& name, int& number) {
    for (;;) {
        co_await weir::ok(weir::sleep_for(500ms));
        const std::string line = name + " " + std::to_string(++number) + "\n";
        co_await weir::ok(to.send_copy(weir::as_bytes(line)));
    }
}

}  // namespace

weir::task<> take_part(std::string host, std::uint16_t port, std::string name,
                       std::vector<std::string>& heard) {
    weir::net::connect_options options;
    options.socket.user_timeout = 3s;  // a server that is gone is noticed so soon
    int number = 0;
    for (;;) {
        auto socket = co_await weir::with_timeout(2s, weir::net::connect_to(host, port, options));
        if (socket) {
            auto hearing = listen_to(*socket, heard);
            auto speaking = speak(*socket, name, number);
            // The first one that fails ends the other.
            static_cast<void>(co_await weir::when_any(std::move(hearing), std::move(speaking)));
        }
        const auto pause = co_await weir::sleep_for(1s);
        if (!pause) co_return;  // asked to end
    }
}

}  // namespace chat
