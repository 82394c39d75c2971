// expect: a frequency_sketch needs room for at least one entry
// SPDX-License-Identifier: Apache-2.0
#include <weir/eviction/frequency_sketch.hpp>

int main() { const weir::frequency_sketch sketch(0); }
