// SPDX-License-Identifier: Apache-2.0
#include "http_pages.hpp"

#include "live_page.hpp"

#include <weir/io/shard.hpp>
#include <weir/json/quoted.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

using weir::http::response;
using weir::http::status;
using weir::pubsub::room_size;

constexpr std::size_t shown_rooms = 20;
constexpr std::string_view json_type = "application/json";

/// The largest rooms over all shards. Each shard names its largest only, so a room that is small
/// everywhere may be missing.
weir::task<std::vector<room_size>> largest_rooms(server_state& server) {
    std::map<std::string, std::size_t> sizes;
    weir::shard& here = weir::this_shard();
    for (unsigned i = 0; i < here.count(); ++i) {
        auto ask = [&server] { return server.rooms.largest_here(shown_rooms); };
        const auto some = co_await here.sibling(i).run(std::move(ask));
        if (!some) continue;
        for (const room_size& each : *some) sizes[each.name] += each.members;
    }
    std::vector<room_size> all;
    for (const auto& [name, members] : sizes) all.emplace_back(name, members);
    std::sort(all.begin(), all.end(), [](const room_size& a, const room_size& b) {
        return a.members > b.members || (a.members == b.members && a.name < b.name);
    });
    if (all.size() > shown_rooms) {
        all.erase(all.begin() + static_cast<std::ptrdiff_t>(shown_rooms), all.end());
    }
    co_return all;
}

response health(const server_state& server) {
    const bool draining = server.draining.load();
    const std::string body = std::string(R"({"status":")") + (draining ? "draining" : "ok") +
                             R"(","connections":)" +
                             std::to_string(server.metrics.clients.total()) + "}\n";
    return response(draining ? status::service_unavailable : status::ok, json_type, body);
}

weir::task<response> stats(server_state& server) {
    const auto counts = server.rooms.statistics();
    std::string body = R"({"connections":)" + std::to_string(server.metrics.clients.total());
    const auto add = [&body](const char* name, auto value) {
        body += std::string(",\"") + name + "\":" + std::to_string(value);
    };
    add("shards", server.settings.shards);
    add("published", counts.published);
    add("delivered", counts.delivered);
    add("dropped", counts.dropped);
    add("slow", counts.fell_behind);
    add("memory", static_cast<std::size_t>(resident_bytes()));
    body += R"(,"rooms":[)";
    const char* separator = "";
    for (const room_size& each : co_await largest_rooms(server)) {
        body += std::exchange(separator, ",") + (R"({"name":)" + weir::json::quoted(each.name)) +
                R"(,"members":)" + std::to_string(each.members) + '}';
    }
    co_return response(status::ok, json_type, body + "]}\n");
}

response plain(status code, std::string text) {
    return response(code, "text/plain; charset=utf-8", std::move(text));
}

}  // namespace

response unavailable() {
    response answer = plain(status::service_unavailable, "the server takes no more connections\n");
    static_cast<void>(answer.headers().add("Retry-After", "5"));
    return answer;
}

weir::task<response> answer_page(server_state& server, const weir::http::request& request) {
    if (request.method() != "GET" && request.method() != "HEAD") {
        response refused = plain(status::method_not_allowed, "only GET and HEAD are served\n");
        static_cast<void>(refused.headers().add("Allow", "GET, HEAD"));
        co_return refused;
    }
    const std::string_view path = request.path();
    response answer = plain(status::not_found, "there is /, /health, /stats, /metrics and /ws\n");
    if (path == "/") {
        answer = response(status::ok, "text/html; charset=utf-8", std::string(live_page));
    } else if (path == "/health") {
        answer = health(server);
    } else if (path == "/stats") {
        answer = co_await stats(server);
    } else if (path == "/metrics") {
        answer =
            response(status::ok, weir::metrics::text_format_content_type, server.metrics.text());
    } else if (path == "/ws") {
        answer = plain(status::upgrade_required, "this is a WebSocket: ask for an upgrade\n");
        static_cast<void>(answer.headers().add("Upgrade", "websocket"));
    }
    static_cast<void>(answer.headers().add("Cache-Control", "no-store"));
    co_return answer;
}
