// SPDX-License-Identifier: Apache-2.0
// Sequences of keys, generated or read from a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace benchmark {

using trace = std::vector<std::uint64_t>;

/// Keys 0 ... `keys` - 1, of which the i-th is asked for in proportion to 1 / (i + 1)^skew; which
/// key is the i-th, is chosen by chance.
[[nodiscard]] trace zipf(std::size_t keys, double skew, std::size_t length, std::uint64_t seed);
/// All keys in the same order, round and round.
[[nodiscard]] trace loop(std::size_t keys, std::size_t length);
/// Zipf, in which runs of keys that are never asked for again come in between.
[[nodiscard]] trace scan_mixed(std::size_t keys, double skew, std::size_t length,
                               std::uint64_t seed);
/// Zipf, whose popular keys become others `shifts` times.
[[nodiscard]] trace shifting(std::size_t keys, double skew, std::size_t shifts, std::size_t length,
                             std::uint64_t seed);
/// Keys that are asked for several times soon after they appeared, and then never again.
[[nodiscard]] trace recent(std::size_t length, std::uint64_t seed);
/// One key a line.
[[nodiscard]] trace read_trace(const std::string& path);

/// How many different keys.
[[nodiscard]] std::size_t footprint(const trace& keys);

}  // namespace benchmark
