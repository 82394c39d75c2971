// SPDX-License-Identifier: Apache-2.0
#include "last_words.hpp"

#include <weir/coro/ok.hpp>

namespace weir::net {

task<result<void>> drop_until_end(stream_socket& socket) {
    for (;;) {
        // Many a peer ends with a reset: not worth an exception.
        const auto chunk = co_await socket.receive();
        if (!chunk) co_return fail(chunk.error());
        if (chunk->empty()) co_return {};
    }
}

task<result<void>> let_last_words_arrive(stream_socket& socket) {
    co_await ok(socket.shutdown_send());
    co_return co_await drop_until_end(socket);
}

}  // namespace weir::net
