// SPDX-License-Identifier: Apache-2.0
// chunk: a stream in pieces of so many values.
#pragma once

#include <weir/base/assert.hpp>
#include <weir/sync/stream.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace weir {

/// The values of `source`, `size` at a time; the last piece has the rest, and none is empty. It
/// waits until a piece is full; a `batcher` is what does not wait for ever.
///
/// @param size  1 ... any.
/// Errors:        those of the source; the values before one come as a short piece first.
/// Cancellation:  as the source; what it gave before comes as a short piece first.
template <class T>
[[nodiscard]] stream<std::vector<T>> chunk(stream<T> source, std::size_t size) {
    WEIR_ASSERT(size > 0, "a chunk holds at least one value");
    for (bool has_ended = false; !has_ended;) {
        std::vector<T> piece;
        result<std::optional<T>> next = std::optional<T>();
        while (piece.size() < size) {
            next = co_await source.next();
            has_ended = !next || !*next;
            if (has_ended) break;
            piece.push_back(std::move(**next));
        }
        if (!piece.empty()) co_yield std::move(piece);
        if (!next) ok(result<void>(fail(next.error())));
    }
}

}  // namespace weir
