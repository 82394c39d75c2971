// expect: credentials are for origins that are named
// SPDX-License-Identifier: Apache-2.0
#include <weir/http/routing/cors_policy.hpp>

int main() { weir::http::cors_policy().allow_origin("*").allow_credentials(); }
