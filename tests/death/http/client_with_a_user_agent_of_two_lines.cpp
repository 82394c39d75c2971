// expect: a user_agent is the value of a field
// SPDX-License-Identifier: Apache-2.0
#include <weir/http/client/client.hpp>
#include <weir/io/run.hpp>

weir::task<> make() {
    weir::http::client_options options;
    options.user_agent = "weir\r\nX: y";
    const weir::http::client client(co_await weir::this_task(), options);
}

int main() { weir::run(make()); }
