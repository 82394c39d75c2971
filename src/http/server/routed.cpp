// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/routed.hpp>

#include <weir/http/server/exchange.hpp>

namespace weir::http {

task<result<void>> routed::operator()(exchange& exchange) const {
    const route_match match = routes_.find(exchange.request());
    if (!match.is_found()) co_return co_await exchange.respond(answer_without_route(match));
    co_return co_await routes_.handler(match)(exchange, match);
}

}  // namespace weir::http
