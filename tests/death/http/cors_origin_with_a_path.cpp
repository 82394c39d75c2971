// expect: an origin is scheme://host:port in lower case
// SPDX-License-Identifier: Apache-2.0
#include <weir/http/routing/cors_policy.hpp>

int main() { weir::http::cors_policy().allow_origin("https://example.org/"); }
