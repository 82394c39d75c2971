// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/client/client.hpp>

#include "client_core.hpp"

#include <weir/base/assert.hpp>

#include <utility>

namespace weir::ws {

client::client(client_setup setup)
    : core_(std::make_unique<detail::client_core>(std::move(setup))) {}
client::~client() = default;

task<result<void>> client::run() { return core_->run(); }
task<result<void>> client::until_ready() { return core_->until_ready(); }
task<result<void>> client::send(outgoing what) { return core_->send(std::move(what)); }
task<result<void>> client::send_text(std::string text) {
    return core_->send(outgoing(std::move(text)));
}
task<result<message>> client::request(outgoing what, correlation reply) {
    return core_->request(std::move(what), std::move(reply));
}
task<result<message>> client::next() { return core_->next(); }
task<result<std::chrono::nanoseconds>> client::ping() { return core_->ping(core_->epoch()); }
task<result<void>> client::subscribe(std::string channel) {
    return core_->subscribe(std::move(channel));
}
task<result<void>> client::unsubscribe(std::string channel) {
    return core_->unsubscribe(std::move(channel));
}
task<result<void>> client::authenticate() { return core_->authenticate(core_->link()); }
task<result<void>> client::close(close_code code, std::string reason) {
    return core_->close(code, std::move(reason));
}
void client::start_close(close_code code, std::string reason) {
    core_->start_close(code, std::move(reason));
}

event_bus<client_event>::subscription client::listen(std::size_t capacity, when_lagging policy) {
    WEIR_ASSERT(policy != when_lagging::wait, "a listener cannot hold up a WebSocket client");
    return core_->events().subscribe(capacity, policy);
}

result<void> client::import_subscriptions(std::string_view exported) {
    return core_->import_subscriptions(exported);
}

client_parcel client::pack() { return core_->pack(); }
result<void> client::unpack(client_parcel parcel) { return core_->unpack(std::move(parcel)); }

client_state client::state() const noexcept { return core_->state(); }
std::uint64_t client::epoch() const noexcept { return core_->epoch(); }
const subscription_set& client::subscriptions() const noexcept { return core_->subscriptions(); }
const client_statistics& client::statistics() const noexcept { return core_->statistics(); }
std::size_t client::queued() const noexcept { return core_->users().box().size(); }
std::size_t client::pending_requests() const noexcept { return core_->requests().size(); }

}  // namespace weir::ws
