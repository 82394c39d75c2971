// SPDX-License-Identifier: Apache-2.0
// An HTTP client: fetches all URLs at once, each within one budget for name, connection, handshake,
// redirects and body, and tells what the time went on where that was not enough.
#include <weir/coro/ok.hpp>
#include <weir/http/client/client.hpp>
#include <weir/io/run.hpp>
#include <weir/sync/task_group.hpp>

#include <cstdio>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;

weir::task<weir::result<void>> fetch(weir::http::client& client, const std::string& where) {
    const auto page = co_await client.get(where);
    if (!page) {
        std::printf("%s: %s\n", where.c_str(), page.error().message().c_str());
        co_return weir::fail(page.error().code());
    }
    const auto code = static_cast<unsigned>(page->code());
    std::printf("%s: %u, %zu bytes\n", where.c_str(), code, page->body().size());
    co_return {};
}

weir::task<weir::result<void>> fetch_all(weir::http::client_options options,
                                         std::vector<std::string> urls) {
    weir::http::client client(co_await weir::this_task(), std::move(options));
    weir::task_group group(co_await weir::this_task(), 32, weir::on_error::collect_all);
    for (const std::string& where : urls) {
        auto started = group.spawn(fetch, std::ref(client), std::cref(where));
        co_await weir::ok(started);
    }
    co_return co_await group.join();
}

weir::tls::client_context trusting_only(const char* file) {
    std::ostringstream pem;
    pem << std::ifstream(file).rdbuf();
    weir::tls::client_options options;
    options.trusted = weir::tls::trust::only(pem.str());
    return *weir::tls::client_context::make(std::move(options));
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    weir::http::client_options options;
    options.budget = 10s;
    if (arguments.size() > 2 && arguments[0] == "--ca") {
        options.tls = trusting_only(arguments[1].c_str());
        arguments.erase(arguments.begin(), arguments.begin() + 2);
    }
    if (arguments.empty()) {
        std::fprintf(stderr, "usage: http_client [--ca FILE] URL...\n");
        return 2;
    }
    return weir::run(fetch_all(std::move(options), std::move(arguments))) ? 0 : 1;
}
