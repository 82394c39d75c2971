// SPDX-License-Identifier: Apache-2.0
// Test support: servers for a client: one that says what its script says, whatever is asked, and
// ours; both as long as somebody talks to them.
#pragma once

#include "ring_test.hpp"

#include <weir/http/client/client.hpp>
#include <weir/http/server/exchange.hpp>
#include <weir/http/server/server.hpp>
#include <weir/io/sleep.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::http::test {

using namespace std::chrono_literals;
using weir::test::error_of;
using weir::test::must;

/// What a scripted server does when it has heard a request.
class step {
public:
    /// @param says  sent as it is. A request is heard to its end first, unless `when` is less.
    explicit step(std::string says) : answer(std::move(says)) {}

    step& closes() {
        is_last = true;
        return *this;
    }
    step& after(std::chrono::nanoseconds pause) {
        delay = pause;
        return *this;
    }
    /// Answers when the head is there, and goes on reading the body.
    step& at_head() {
        is_early = true;
        return *this;
    }

    std::string answer;
    std::chrono::nanoseconds delay{0};
    bool is_last = false;
    bool is_early = false;
};

inline std::string counted(std::string_view body, std::string_view fields = {}) {
    return "HTTP/1.1 200 OK\r\n" + std::string(fields) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}
inline std::string redirect_to(std::string_view where, int code = 302) {
    return "HTTP/1.1 " + std::to_string(code) + " Elsewhere\r\nLocation: " + std::string(where) +
           "\r\nContent-Length: 5\r\n\r\nmoved";
}

/// Plays its steps, one for each request, whatever connection it comes on; then closes.
class scripted_server {
public:
    explicit scripted_server(std::vector<step> script)
        : acceptor_(weir::test::listen_on_loopback()), script_(std::move(script)) {}

    [[nodiscard]] std::string url(std::string_view target = "/") const {
        return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) +
               std::string(target);
    }
    [[nodiscard]] http::url where(std::string_view target = "/") const {
        return *http::url::parse(url(target));
    }

    /// Until it is stopped.
    task<> serve() {
        task_group connections(co_await this_task(), 100, on_error::collect_all);
        for (;;) {
            auto socket = co_await acceptor_.accept();
            if (!socket) break;
            ++accepted;
            const auto play = [this](net::tcp_socket with) { return this->play(std::move(with)); };
            auto started = connections.spawn(play, std::move(*socket));
            if (const auto begun = co_await started; !begun) break;
        }
        connections.request_stop();
        static_cast<void>(co_await connections.join());
    }

    /// Empty while there was none; so it is in disturbed runs.
    [[nodiscard]] std::string heard_at(std::size_t index) const {
        return index < heard.size() ? heard[index] : std::string();
    }

    std::vector<std::string> heard;  ///< each request, body included
    std::size_t accepted = 0;        ///< connections

private:
    static std::size_t size_of_body(std::string_view head) {
        const std::size_t at = head.find("Content-Length: ");
        return at == head.npos ? 0 : std::strtoull(head.data() + at + 16, nullptr, 10);
    }
    static bool is_whole(std::string_view text, bool only_head) {
        const std::size_t end = text.find("\r\n\r\n");
        if (end == text.npos || only_head) return end != text.npos;
        const std::string_view head = text.substr(0, end + 4);
        if (head.find("Transfer-Encoding") != head.npos) return text.ends_with("0\r\n\r\n");
        return text.size() - head.size() >= size_of_body(head);
    }
    task<> play(net::tcp_socket with) {
        for (;;) {
            std::string text;
            while (!is_whole(text, next_ < script_.size() && script_[next_].is_early)) {
                const auto piece = co_await with.receive();
                if (!piece || piece->empty()) co_return;
                text += as_text(piece->data());
            }
            heard.push_back(text);
            if (next_ == script_.size()) co_return;
            const step& now = script_[next_++];
            static_cast<void>(co_await sleep_for(now.delay));
            static_cast<void>(co_await with.send_copy(as_bytes(now.answer)));
            if (now.is_early) static_cast<void>(co_await weir::test::read_to_end(with));
            if (now.is_last) {
                static_cast<void>(co_await with.close());
                co_return;
            }
        }
    }

    net::tcp_acceptor acceptor_;
    std::vector<step> script_;
    std::size_t next_ = 0;
};

/// Our server with one handler.
class answering_server {
public:
    explicit answering_server(handler answer, const server_options& options = server_options())
        : acceptor_(weir::test::listen_on_loopback()), server_(std::move(answer), options) {}

    [[nodiscard]] std::string url(std::string_view target = "/",
                                  std::string_view scheme = "http://127.0.0.1") const {
        return std::string(scheme) + ":" + std::to_string(port_) + std::string(target);
    }
    [[nodiscard]] http::url where(std::string_view target = "/") const {
        return *http::url::parse(url(target));
    }
    task<> serve() { static_cast<void>(co_await server_.serve(acceptor_)); }

private:
    net::tcp_acceptor acceptor_;
    std::uint16_t port_ = acceptor_.local_endpoint().port();
    server server_;
};

/// Lets `server` serve while `talk()` lasts.
template <class Server, class Talk>
task<> talk_to(Server& server, Talk talk) {
    task_group beside(co_await this_task(), 1, on_error::collect_all);
    const auto serve = [&server] { return server.serve(); };
    auto started = beside.spawn(serve);
    if (const auto begun = co_await started; !begun) co_return;
    co_await talk();
    beside.request_stop();
    static_cast<void>(co_await beside.join());
}

/// "200 body", or the error and its phase.
inline std::string told(const result<response, client_error>& got) {
    if (!got) {
        return "!" + got.error().code().message() + " in " +
               std::string(name_of(got.error().phase()));
    }
    return std::to_string(static_cast<int>(got->code())) + " " + got->body();
}

}  // namespace weir::http::test
