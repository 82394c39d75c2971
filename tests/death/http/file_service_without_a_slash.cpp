// expect: the prefix of a file service begins and ends with a slash
// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/ok.hpp>
#include <weir/http/server/file_service.hpp>
#include <weir/io/run.hpp>

#include <utility>

weir::task<weir::result<void>> serve() {
    weir::folder root = co_await weir::ok(weir::folder::open("/"));
    const weir::http::file_service files(std::move(root), "/static");
    co_return weir::result<void>();
}

int main() { static_cast<void>(weir::run(serve())); }
