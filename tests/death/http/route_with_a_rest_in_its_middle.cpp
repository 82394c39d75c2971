// expect: a rest stands at the end of its pattern
// SPDX-License-Identifier: Apache-2.0
#include <weir/http/routing/route_tree.hpp>

int main() {
    weir::http::route_tree routes;
    routes.add("GET", "/files/{path...}/raw");
}
