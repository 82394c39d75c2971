// SPDX-License-Identifier: Apache-2.0
// Fetches URLs one after the other with one client and tells of each its status, the size and the
// checksum of its body, or what was wrong in which phase; at last how many connections that took.
//
//   http_fetch CA_FILE BUDGET_MILLISECONDS [POST=BYTES] URL...
#include <weir/coro/ok.hpp>
#include <weir/http/client/client.hpp>
#include <weir/http/client/request_body_writer.hpp>
#include <weir/io/run.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace http = weir::http;
using weir::result;
using weir::task;

/// FNV-1a, as run.py has it.
std::uint32_t checksum(std::string_view text) {
    std::uint32_t sum = 2166136261U;
    for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 16777619U;
    return sum;
}

/// A body of `size` bytes from a source: in chunks.
void stream_body(http::client_request& request, std::size_t size) {
    request.stream_body([size](http::request_body_writer& out) -> task<result<void>> {
        const std::string piece(10'000, 'x');
        for (std::size_t left = size; left > 0;) {
            const std::size_t part = std::min(left, piece.size());
            co_await weir::ok(out.write(weir::as_bytes(std::string_view(piece).substr(0, part))));
            left -= part;
        }
        co_return {};
    });
}

task<> fetch(http::client& client, std::string where, std::optional<std::size_t> posted) {
    auto parsed = http::url::parse(where);
    if (!parsed) {
        std::printf("error %s\n", parsed.error().message().c_str());
        co_return;
    }
    http::client_request request(posted ? "POST" : "GET", std::move(*parsed));
    if (posted) stream_body(request, *posted);
    const auto page = co_await client.send(std::move(request));
    if (page) {
        std::printf("%u %zu %08x\n", static_cast<unsigned>(page->code()), page->body().size(),
                    checksum(page->body()));
    } else {
        const auto phase = http::name_of(page.error().phase());
        std::printf("error %s: %s\n", std::string(phase).c_str(),
                    page.error().code().message().c_str());
    }
}

task<> fetch_all(http::client_options options, std::vector<std::string> arguments) {
    http::client client(co_await weir::this_task(), std::move(options));
    std::optional<std::size_t> posted;
    for (const std::string& each : arguments) {
        if (each.starts_with("POST=")) {
            posted = std::strtoull(each.c_str() + 5, nullptr, 10);
        } else {
            co_await fetch(client, each, posted);
        }
    }
    std::printf("connections %llu retried %llu\n",
                static_cast<unsigned long long>(client.statistics().connections.value()),
                static_cast<unsigned long long>(client.statistics().retried.value()));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) return 2;
    std::ostringstream pem;
    pem << std::ifstream(argv[1]).rdbuf();
    weir::tls::client_options trust;
    trust.trusted = weir::tls::trust::only(pem.str());
    trust.protocols = {"http/1.1"};
    http::client_options options;
    options.tls = *weir::tls::client_context::make(std::move(trust));
    options.budget = std::chrono::milliseconds(std::strtoll(argv[2], nullptr, 10));
    options.max_body_bytes = 64'000'000;
    options.redirects.allows_insecure = false;
    weir::run(fetch_all(std::move(options), std::vector<std::string>(argv + 3, argv + argc)));
}
