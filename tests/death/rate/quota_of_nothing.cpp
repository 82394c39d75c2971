// expect: a quota is at least one, in some time
// SPDX-License-Identifier: Apache-2.0
#include <weir/rate/quota.hpp>

int main() { weir::rate::quota(0, std::chrono::seconds(1)); }
