// expect: a bounded_map has a bound that it cannot count up to
// SPDX-License-Identifier: Apache-2.0
#include <weir/eviction/bounded_map.hpp>
#include <weir/eviction/lru.hpp>

int main() { const weir::bounded_map<int, int, weir::lru> map(std::uint64_t{1} << 32U); }
