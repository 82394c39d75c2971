// SPDX-License-Identifier: Apache-2.0
// Three ways to handle the same messages and to give the bytes that answer them:
//
//   default    what one writes first: the whole text becomes a tree, the answer is put together and
//              framed each time; binary fields are copied out
//   optimised  the small message path: message_router, frame_router, constant answers
//   cached     the same, with what came out of equal messages kept (bounded, W-TinyLFU)
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace benchmark {

/// Handles one message; gives the size of the answer's frame, 0 = there is none.
using message_handler = std::function<std::size_t(std::string_view)>;

[[nodiscard]] message_handler default_json();
[[nodiscard]] message_handler optimised_json();
[[nodiscard]] message_handler cached_json();
[[nodiscard]] message_handler default_binary();
[[nodiscard]] message_handler optimised_binary();
[[nodiscard]] message_handler cached_binary();
/// Take a record of market data apart.
[[nodiscard]] message_handler default_market();
[[nodiscard]] message_handler optimised_market();

/// Only judge a JSON text: the scanner, and simdjson's two ways.
[[nodiscard]] message_handler judge_by_scanner();
[[nodiscard]] message_handler judge_by_simdjson_dom();

}  // namespace benchmark
