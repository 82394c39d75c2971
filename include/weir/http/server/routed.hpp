// SPDX-License-Identifier: Apache-2.0
// routed: a router as a handler: finds the route, or says that there is none.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/routing/router.hpp>

#include <functional>
#include <utility>

namespace weir::http {

class exchange;

/// Answers a request that has found its route. The match is valid as long as the exchange.
using route_handler = std::function<task<result<void>>(exchange&, const route_match&)>;

/// A handler for all of its routes; what has none is answered 404, 405 or 204 with Allow, or 400.
/// Must outlive every call of it, and not move meanwhile.
///
/// ```cpp
/// weir::http::router<weir::http::route_handler> routes;
/// routes.add("GET", "/users/{id}", show_user);
/// const weir::http::routed pages(std::move(routes));
/// weir::http::server server([&](weir::http::exchange& each) { return pages(each); });
/// ```
class routed {
public:
    explicit routed(router<route_handler> routes) : routes_(std::move(routes)) {}

    /// Errors:        those of the route's handler.
    /// Cancellation:  as the route's handler.
    [[nodiscard]] task<result<void>> operator()(exchange& exchange) const;

private:
    router<route_handler> routes_;
};

}  // namespace weir::http
