// expect: a message was taken from an outbox while another is in the hand
// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/outbox.hpp>

int main() {
    weir::ws::outbox box{weir::ws::outbox_options()};
    std::vector<weir::ws::outbox::entry> displaced;
    static_cast<void>(box.push(weir::ws::outgoing("a"), displaced));
    static_cast<void>(box.push(weir::ws::outgoing("b"), displaced));
    static_cast<void>(box.take());
    static_cast<void>(box.take());
}
