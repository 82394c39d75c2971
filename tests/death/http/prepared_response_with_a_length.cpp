// expect: a prepared response has a header that the server writes itself
// SPDX-License-Identifier: Apache-2.0
#include <weir/http/server/prepared_response.hpp>

int main() {
    weir::http::response message(weir::http::status::ok, "text/plain", "text");
    static_cast<void>(message.headers().add("Content-Length", "5"));
    const weir::http::prepared_response prepared(message);
}
