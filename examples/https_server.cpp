// SPDX-License-Identifier: Apache-2.0
// A web server: a folder, a JSON route and a stream of events, packed where that is worth it, and
// over TLS with a certificate.
//
//   https_server --listen 127.0.0.1:8443 --root public --tls-cert chain.pem --tls-key key.pem
//
//   GET /api/squares/12    {"number":12,"square":144}
//   GET /api/client        whom the request comes from, behind trusted proxies
//   GET /events            server-sent events; POST /events sends its body to all who read them
//   GET /metrics           what the servers of all shards count, for Prometheus
//   GET /...               the files beneath the root
#include <weir/http/routing/middleware.hpp>
#include <weir/http/server/cors.hpp>
#include <weir/http/server/event_source.hpp>
#include <weir/http/server/exchange.hpp>
#include <weir/http/server/file_service.hpp>
#include <weir/http/server/routed.hpp>
#include <weir/metrics/registry.hpp>
#include <weir/tls/kernel_tls.hpp>

#include "http_servers.hpp"
#include "listen_options.hpp"

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace http = weir::http;
using outcome = weir::task<weir::result<void>>;

class settings {
public:
    std::string root = ".";
    std::string origin;                    // whose pages may read the answers
    std::vector<std::string> proxies;      // whose X-Forwarded-For is believed
    std::vector<std::string> header_from;  // whose connections begin with a PROXY header
    bool logs = false;
};

/// The same events on all shards, in the same order and so with the same IDs: each is posted by the
/// first shard. So a reader that comes back may meet any of them.
class news {
public:
    explicit news(unsigned shards)
        : epoch_(std::to_string(std::chrono::system_clock::now().time_since_epoch().count())),
          sources_(shards) {}

    const std::string& epoch() const noexcept { return epoch_; }
    void add(weir::shard& here, http::event_source* source) { sources_.at(here.index()) = source; }

    weir::result<void> publish(weir::shard& here, std::string text) {
        return here.sibling(0).post([this, &here, text = std::move(text)] {
            for (unsigned i = 0; i < here.count(); ++i) {
                auto tell = [source = &sources_.at(i), text] {
                    if (*source != nullptr) (*source)->publish(http::server_event(text));
                };
                static_cast<void>(here.sibling(i).post(std::move(tell)));
            }
        });
    }

private:
    std::string epoch_;
    std::vector<http::event_source*> sources_;  // each touched by its own shard only
};

/// What all shards share.
class site {
public:
    explicit site(unsigned shards) : events(shards), metrics(shards) {}

    news events;
    weir::metrics::registry metrics;
    weir::metrics::sharded<http::server_statistics>& counted = http::add_server_statistics(metrics);
};

outcome show_square(http::exchange& exchange, const http::route_match& match) {
    const std::string_view text = match.parameter("number");
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
        co_return co_await exchange.respond(http::status::not_found, "text/plain", "no number\n");
    }
    const std::string square = std::to_string(static_cast<long long>(number) * number);
    const std::string json =
        "{\"number\":" + std::to_string(number) + ",\"square\":" + square + "}\n";
    co_return co_await exchange.respond(http::status::ok, "application/json", json);
}

outcome show_client(http::exchange& exchange, const http::route_match&) {
    const auto client = exchange.client();
    const std::string name = client ? '"' + client->address() + '"' : "null";
    const std::string json = "{\"client\":" + name + "}\n";
    co_return co_await exchange.respond(http::status::ok, "application/json", json);
}

http::server_options options_of(const settings& given, const listen_options& where, site& all) {
    http::server_options options;
    options.statistics = &all.counted;
    options.prepare = where.securing();
    options.compression.emplace();
    const std::vector<std::string_view> proxies(given.proxies.begin(), given.proxies.end());
    options.proxies = weir::ok(http::trusted_proxies::parse(proxies));
    for (const std::string& each : given.header_from) {
        options.proxy_header_from.push_back(weir::ok(weir::net::network::parse(each)));
    }
    if (given.logs) {
        options.access_log = [](const http::access_record& record) {
            std::fprintf(stderr, "%s\n", to_line(record).c_str());
        };
    }
    return options;
}

outcome serve(weir::shard& here, const settings& given, const listen_options& where,
              http_servers& servers, site& all) {
    weir::folder root = co_await weir::ok(weir::folder::open(given.root));
    http::file_service files(std::move(root));
    http::event_source events(all.events.epoch());
    all.events.add(here, &events);
    http::router<http::route_handler> routes;
    routes.add("GET", "/api/squares/{number}", show_square);
    routes.add("GET", "/api/client", show_client);
    routes.add("GET", "/events", [&events](http::exchange& exchange, const http::route_match&) {
        return events.serve(exchange);
    });
    routes.add("POST", "/events", [&](http::exchange& exchange, const auto&) -> outcome {
        const std::string text = co_await weir::ok(exchange.body().collect(4096));
        weir::ok(all.events.publish(here, text));
        co_return co_await exchange.respond(http::status::no_content);
    });
    routes.add("GET", "/metrics", [&all](http::exchange& exchange, const auto&) -> outcome {
        const std::string text = all.metrics.text();
        const auto type = weir::metrics::text_format_content_type;
        co_return co_await exchange.respond(http::status::ok, type, text);
    });
    routes.add("GET", "/{path...}", [&files](http::exchange& exchange, const http::route_match&) {
        return files.answer(exchange);
    });
    http::cors_policy policy;
    if (!given.origin.empty()) policy.allow_origin(given.origin);
    const http::middleware_chain answer(http::routed(std::move(routes)), http::cors(policy));
    http::server server([&answer](http::exchange& exchange) { return answer(exchange); },
                        options_of(given, where, all));
    const auto ended = co_await servers.serve(here, server);
    all.events.add(here, nullptr);
    co_return ended;
}

}  // namespace

int main(int argc, char** argv) {
    settings given;
    const listen_options where(argc, argv, [&](CLI::App& app) {
        app.add_option("--root", given.root, "the folder that is served");
        app.add_option("--allow-origin", given.origin, "whose pages may read what is answered");
        app.add_option("--trust", given.proxies, "networks whose X-Forwarded-For is believed");
        app.add_option("--proxy", given.header_from, "networks that send a PROXY header");
        app.add_flag("--log", given.logs, "a line for each request, to standard error");
    });
    if (const auto missing = weir::tls::kernel_tls_error(); missing && where.speaks_tls()) {
        std::fprintf(stderr, "files are encrypted by this process, not the kernel (kTLS): %s\n",
                     missing.message().c_str());
    }
    weir::signal_set signals(SIGINT, SIGTERM);
    weir::runtime runtime(where.runtime());
    http_servers servers(where, runtime, signals);
    site all(where.runtime().shards);
    const auto ended =
        runtime.run([&](weir::shard& here) { return serve(here, given, where, servers, all); });
    if (!ended) std::fprintf(stderr, "%s\n", ended.error().message().c_str());
    return ended ? 0 : 1;
}
