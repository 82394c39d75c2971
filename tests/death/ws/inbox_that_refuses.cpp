// expect: an inbox cannot refuse what has arrived
// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/inbox.hpp>

int main() {
    weir::ws::inbox_options options;
    options.policy = weir::when_full::reject;
    const weir::ws::inbox box(options);
}
