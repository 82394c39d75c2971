// SPDX-License-Identifier: Apache-2.0
// What is sent: JSON and binary messages, small and large.
#pragma once

#include <string>

namespace benchmark {

/// The smallest that there is.
[[nodiscard]] std::string ping_text();
/// A message of type "data" with so many fields in its payload.
[[nodiscard]] std::string json_text(int fields);
/// type:u8, size:u32, payload[size].
[[nodiscard]] std::string binary_message(std::size_t payload_bytes);
/// timestamp:u64, symbol_len:u8, symbol, price:f64, volume:f64.
[[nodiscard]] std::string market_record();

}  // namespace benchmark
