// expect: memory was changed before its send was done with it
// SPDX-License-Identifier: Apache-2.0
// Between the result of a zero-copy send and its notification the bytes still belong to the kernel.
#include "../../unit/sim/kernel_bench.hpp"

int main() {
    weir::sim::test::kernel_bench bench;
    bench.time.faults().rate(weir::sim::fault::late_notification, 1);
    const auto ends = bench.open_tcp_pair();
    char text[] = "hello";
    ::io_uring_prep_send_zc(&bench.ask(1), ends.first, text, 5, 0, 0);
    if (bench.collect().size() != 1) return 1;
    text[4] = 'x';
    static_cast<void>(bench.run_for(std::chrono::seconds(2)));
}
