// SPDX-License-Identifier: Apache-2.0
// A whole web server on real sockets, or simulated ones: routes, files, packed bodies, pages of
// other origins, proxies, events, and an end in which every stream is ended, too.
#include <weir/http/server/server.hpp>

#include "../../unit/http/server/evening.hpp"
#include "../../unit/http/server/http_peers.hpp"
#include "temporary_folder.hpp"

#include <weir/coro/ok.hpp>
#include <weir/http/content/content_decoder.hpp>
#include <weir/http/routing/middleware.hpp>
#include <weir/http/server/cors.hpp>
#include <weir/http/server/event_source.hpp>
#include <weir/http/server/file_service.hpp>
#include <weir/http/server/routed.hpp>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

using namespace weir::http::test;
namespace http = weir::http;
using weir::test::is_simulated;
using weir::test::together;

BOOST_AUTO_TEST_SUITE(web_server_test)

namespace {

using outcome = weir::task<weir::result<void>>;

outcome show_user(http::exchange& exchange, const http::route_match& match) {
    const auto client = exchange.client();
    std::string text(match.parameter("id"));
    text += " " + (client ? client->address() : std::string());
    co_return co_await exchange.respond(http::status::ok, "text/plain", text);
}

http::server_options behind_a_proxy() {
    http::server_options options;
    options.compression.emplace();
    options.proxy_header_from.push_back(*weir::net::network::parse("127.0.0.0/8"));
    return options;
}

/// Routes over a folder, and a server of them.
class site {
public:
    explicit site(weir::folder root)
        : files_(std::move(root), "/files/"),
          answer_(http::routed(routes()), http::cors(policy())),
          tonight_(behind_a_proxy(), [this](http::exchange& each) { return answer_(each); }) {}

    evening& tonight() noexcept { return tonight_; }
    http::event_source& news() noexcept { return news_; }

private:
    http::router<http::route_handler> routes() {
        http::router<http::route_handler> all;
        all.add("GET", "/users/{id}", show_user);
        all.add("GET", "/files/{path...}",
                [this](http::exchange& each, const auto&) { return files_.answer(each); });
        all.add("GET", "/events",
                [this](http::exchange& each, const auto&) { return news_.serve(each); });
        return all;
    }
    static http::cors_policy policy() {
        return http::cors_policy().allow_origin("https://app.example.org");
    }

    http::file_service files_;
    http::event_source news_{"e"};
    http::middleware_chain<http::routed, http::cors> answer_;
    evening tonight_;
};

/// What somebody hears who comes through a proxy and stays to the end.
weir::task<std::string> visit_by_proxy(site& at, std::string line, std::string fields = {}) {
    co_return co_await visit(at.tonight().where(),
                             "PROXY TCP4 203.0.113.7 127.0.0.1 5 80\r\n" + line +
                                 " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + fields + "\r\n");
}

std::string joined_chunks(std::string_view answer) {
    std::string body;
    for (answer.remove_prefix(std::min(answer.find("\r\n\r\n") + 4, answer.size()));;) {
        const std::size_t size = std::strtoull(std::string(answer).c_str(), nullptr, 16);
        if (size == 0) return body;
        answer.remove_prefix(answer.find("\r\n") + 2);
        body += answer.substr(0, size);
        answer.remove_prefix(std::min(size + 2, answer.size()));
    }
}

weir::task<std::optional<weir::folder>> folder_with(const weir::test::temporary_folder& place,
                                                    const std::string& content) {
    auto file = co_await weir::file::open(place / "file.txt", weir::open_mode::replace);
    if (!file) co_return std::nullopt;
    const auto written = co_await file->write_all_at(0, weir::as_bytes(content));
    auto root = co_await weir::folder::open(place / ".");
    if (!written || !root) co_return std::nullopt;
    co_return std::move(*root);
}

}  // namespace

RING_TEST(everything_that_a_web_server_does_is_done_on_one) {
    const weir::test::temporary_folder place;
    std::string content;
    for (int i = 0; i < 20'000; ++i) content += std::to_string(i) + "\n";
    auto root = co_await folder_with(place, content);
    if (!root) co_return;
    site here(std::move(*root));
    const auto come = [&]() -> weir::task<> {
        const std::string origin = "Origin: https://app.example.org\r\n";
        const auto user = co_await visit_by_proxy(here, "GET /users/7", origin);
        BOOST_TEST((is_simulated() || user.ends_with("\r\n\r\n7 203.0.113.7")));
        BOOST_TEST(
            (is_simulated() || times(user, "Access-Control-Allow-Origin: https://app.") == 1));
        const auto none = co_await visit_by_proxy(here, "PUT /users/7");
        BOOST_TEST((is_simulated() || none.starts_with("HTTP/1.1 405 ")));
        const auto packed =
            co_await visit_by_proxy(here, "GET /files/file.txt", "Accept-Encoding: gzip\r\n");
        const std::string body = joined_chunks(packed);
        const auto text = http::decoded(http::content_coding::gzip, weir::as_bytes(body));
        BOOST_TEST((is_simulated() || text.value_or("") == content));
        const auto part = co_await visit_by_proxy(here, "GET /files/file.txt",
                                                  "Accept-Encoding: gzip\r\nRange: bytes=5-9\r\n");
        BOOST_TEST((is_simulated() || part.ends_with("\r\n\r\n" + content.substr(5, 5))));
        here.tonight().server().drain();
    };
    co_await together(here.tonight().serve(), come());
}

RING_TEST(events_reach_their_readers_until_the_server_drains) {
    const weir::test::temporary_folder place;
    auto root = co_await folder_with(place, "x");
    if (!root) co_return;
    site here(std::move(*root));
    here.news().publish(http::server_event("before"));
    std::string one;
    std::string other;
    const auto read = [&](std::string& into, std::string fields) -> weir::task<> {
        into = co_await visit_by_proxy(here, "GET /events", fields);
    };
    const auto publish = [&]() -> weir::task<> {
        static_cast<void>(co_await weir::sleep_for(50ms));
        here.news().publish(http::server_event("during"));
        static_cast<void>(co_await weir::sleep_for(50ms));
        here.tonight().server().drain();
    };
    co_await together(here.tonight().serve(), read(one, {}), read(other, "Last-Event-ID: e-0\r\n"),
                      publish());
    BOOST_TEST((is_simulated() ||
                (times(one, "data: before") == 0 && times(one, "id: e-2\ndata: during\n\n") == 1)));
    BOOST_TEST((is_simulated() || times(other, "id: e-1\ndata: before\n\n") == 1));
    BOOST_TEST((is_simulated() || (one.ends_with("0\r\n\r\n") && other.ends_with("0\r\n\r\n"))));
    BOOST_TEST(here.news().readers() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
