// expect: two routes have the same method and the same shape
// SPDX-License-Identifier: Apache-2.0
#include <weir/http/routing/route_tree.hpp>

int main() {
    weir::http::route_tree routes;
    routes.add("GET", "/users/{id}");
    routes.add("POST", "/users/{id}");
    routes.add("GET", "/users/{name}");
}
