// expect: a server needs a handler
// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/server.hpp>

int main() { const weir::http::server server(nullptr); }
