// SPDX-License-Identifier: Apache-2.0
// cors: a cors_policy as a layer of a middleware_chain around handlers.
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/routing/cors_policy.hpp>
#include <weir/http/server/exchange.hpp>

#include <cstddef>
#include <utility>

namespace weir::http {

/// Answers preflights, and says of every other answer, errors of the handler included, whether
/// pages of other origins may read it. The outermost layer: what stands before it, no page can
/// read.
///
/// ```cpp
/// const weir::http::middleware_chain serve(routes, weir::http::cors(policy));
/// weir::http::server server([&](weir::http::exchange& each) { return serve(each); });
/// ```
class cors {
public:
    explicit cors(cors_policy policy) : policy_(std::move(policy)) {}

    /// Errors:        as `next`.
    /// Cancellation:  as `next`.
    template <class Next>
    [[nodiscard]] task<result<void>> operator()(exchange& exchange, Next next) const {
        auto preflight = policy_.preflight(exchange.request());
        if (preflight) co_return co_await exchange.respond(std::move(*preflight));
        response granted;
        policy_.apply(exchange.request(), granted);
        for (std::size_t i = 0; i < granted.headers().size(); ++i) {
            const header_field field = granted.headers()[i];
            ok(exchange.headers().add(field.name(), field.value()));
        }
        co_return co_await next(exchange);
    }

private:
    cors_policy policy_;
};

}  // namespace weir::http
