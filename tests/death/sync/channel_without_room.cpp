// expect: room for at least one value
// SPDX-License-Identifier: Apache-2.0
#include <weir/sync/channel.hpp>

int main() { weir::channel<int> channel(0); }
