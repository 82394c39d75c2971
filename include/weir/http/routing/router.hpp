// SPDX-License-Identifier: Apache-2.0
// router: a handler for each route, whatever a handler is here: a function, a coroutine that gives
// a task, an object.
#pragma once

#include <weir/base/lifetime.hpp>
#include <weir/http/message/request.hpp>
#include <weir/http/routing/route_tree.hpp>

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::http {

/// Routes with their handlers. Filled at the start; from then on any shard may look into it.
///
/// ```cpp
/// using handler = weir::task<response> (*)(const request&, const route_match&);
/// weir::http::router<handler> routes;
/// routes.add("GET", "/users/{id}", show_user);
/// routes.add("GET", "/files/{path...}", send_file);
///
/// const auto match = routes.find(request);
/// if (!match.is_found()) co_return answer_without_route(match);
/// co_return co_await routes.handler(match)(request, match);   // match.parameter("id")
/// ```
template <class Handler>
class router {
public:
    /// As `route_tree::add`.
    router& add(std::string_view method, std::string_view pattern, Handler answer) {
        tree_.add(method, pattern);
        handlers_.push_back(std::move(answer));
        return *this;
    }

    /// As `route_tree::find`. Refers to `asked` and to this.
    [[nodiscard]] route_match find(const request& asked WEIR_LIFETIMEBOUND) const {
        return tree_.find(asked.method(), asked.target());
    }
    /// The handler of a route that was found.
    [[nodiscard]] const Handler& handler(const route_match& match) const noexcept
        WEIR_LIFETIMEBOUND {
        return handlers_[match.route()];
    }
    [[nodiscard]] std::size_t size() const noexcept { return handlers_.size(); }

private:
    route_tree tree_;
    std::vector<Handler> handlers_;
};

}  // namespace weir::http
