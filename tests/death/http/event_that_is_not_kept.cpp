// expect: an event that is not kept was asked for
// SPDX-License-Identifier: Apache-2.0
#include <weir/http/events/event_history.hpp>

int main() {
    weir::http::event_history history("e");
    const auto event = history.append(weir::http::server_event("hello"), {});
    static_cast<void>(event);
    static_cast<void>(history[2]);
}
