// SPDX-License-Identifier: Apache-2.0
// An HTTP server of weir, with all its checks and limits, that gives the same answer to everybody:
// prepared once, as an application would do it.
//
//   weir_http --listen HOST:PORT --size BYTES [--tls-cert FILE --tls-key FILE]
#include <weir/http/server/exchange.hpp>
#include <weir/http/server/prepared_response.hpp>
#include <weir/http/server/server.hpp>
#include <weir/io/shard.hpp>

#include "../../examples/listen_options.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace {

weir::task<weir::result<void>> serve(const listen_options& where, std::size_t size) {
    const weir::http::prepared_response answer(
        weir::http::response(weir::http::status::ok, "text/plain", std::string(size, 'x')));
    weir::http::server_options options;
    options.prepare = where.securing();
    options.max_requests = SIZE_MAX;  // the generator's connections stay
    const auto respond = [&answer](weir::http::exchange& exchange) {
        return exchange.respond(answer);
    };
    weir::http::server server(respond, options);
    auto acceptor = where.listen();
    if (!acceptor) co_return weir::fail(acceptor.error());
    co_return co_await server.serve(*acceptor);
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t size = 13;
    const auto add_more = [&size](CLI::App& app) { app.add_option("--size", size, "of the body"); };
    const listen_options options(argc, argv, add_more);
    weir::runtime runtime(options.runtime());
    const auto outcome = runtime.run([&](weir::shard&) { return serve(options, size); });
    return outcome ? 0 : 1;
}
