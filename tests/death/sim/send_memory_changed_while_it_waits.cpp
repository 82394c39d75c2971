// expect: memory was changed before its send was done with it
// SPDX-License-Identifier: Apache-2.0
// A send that waits for room has not read its bytes yet.
#include "../../unit/sim/kernel_bench.hpp"

int main() {
    weir::sim::test::kernel_bench bench;
    const auto ends = bench.open_pair();
    const std::string fill(100'000, 'f');
    while (bench.say(ends.first, fill) > 0) {
    }
    char text[] = "hello";
    ::io_uring_prep_send(&bench.ask(1), ends.first, text, 5, 0);
    if (!bench.collect().empty()) return 1;
    text[4] = 'x';
    for (int i = 0; i < 10; ++i) {
        std::string room(100'000, '\0');
        static_cast<void>(bench.system.receive_now(ends.second, room.data(), room.size()));
        static_cast<void>(bench.collect());
    }
}
