// SPDX-License-Identifier: Apache-2.0
// Property: no target leads out of the root of files or to a route that its segments do not fit,
// and no range leaves its representation.
#include <weir/http/files/byte_ranges.hpp>
#include <weir/http/files/static_files.hpp>
#include <weir/http/message/http_date.hpp>
#include <weir/http/routing/route_tree.hpp>

#include <string>

#include "fuzz_split.hpp"

namespace {

namespace http = weir::http;

http::route_tree some_routes() {
    http::route_tree routes;
    routes.add("GET", "/a/{b}/c");
    routes.add("GET", "/a/{rest...}");
    return routes;
}

void check_route(std::string_view target) {
    static const http::route_tree routes = some_routes();
    const auto match = routes.find("GET", target);
    if (!match.is_found()) return;
    if (match.pattern() == "/a/{b}/c") {
        weir::fuzz::require(!match.parameter("b").empty(), "a parameter is not empty");
        return;
    }
    const std::string rest = "/" + std::string(match.parameter("rest")) + "/";
    weir::fuzz::require(rest.find("/../") == rest.npos, "no rest climbs");
}

void check_file(std::string_view target) {
    static http::static_files files;
    const http::request asked("GET", std::string(target));
    const auto path = files.path_of(asked);
    if (!path) return;
    const std::string whole = "/" + *path + "/";
    weir::fuzz::require(whole.find("/.") == whole.npos, "nothing hidden, and no dot segments");
    weir::fuzz::require(whole.find("//") == whole.npos, "no empty segments");
    weir::fuzz::require(whole.find('\0') == whole.npos, "no NUL");
}

void check_ranges(std::string_view field) {
    constexpr std::uint64_t total_size = 1000;
    std::uint64_t sum = 0;
    const auto found = http::byte_ranges::of(field, total_size);
    for (const http::byte_range& part : found.ranges()) {
        weir::fuzz::require(part.size() > 0 && part.last() < total_size, "a part is within");
        sum += part.size();
    }
    weir::fuzz::require(sum <= total_size, "all parts together are no more than the whole");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_route(text);
    check_file(text);
    check_ranges(text);
    const auto moment = http::parse_http_date(text, std::chrono::sys_seconds{});
    if (moment) {
        const http::http_date date(*moment);
        weir::fuzz::require(http::parse_http_date(date.text(), *moment) == moment, "a date");
    }
    return 0;
}
