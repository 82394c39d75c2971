// expect: the pattern of the route has no such parameter
// SPDX-License-Identifier: Apache-2.0
#include <weir/http/routing/route_tree.hpp>

int main() {
    weir::http::route_tree routes;
    routes.add("GET", "/users/{id}");
    static_cast<void>(routes.find("GET", "/users/7").parameter("name"));
}
