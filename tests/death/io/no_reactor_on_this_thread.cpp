// expect: this needs a reactor
// SPDX-License-Identifier: Apache-2.0
#include <weir/io/reactor.hpp>

int main() { static_cast<void>(weir::reactor::current()); }
