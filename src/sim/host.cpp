// SPDX-License-Identifier: Apache-2.0
#include <weir/sim/host.hpp>

#include "application.hpp"
#include "machine.hpp"

#include <weir/base/assert.hpp>

#include <utility>

namespace weir::sim {

host_options::host_options() {
    reactor.sq_entries = 256;
    reactor.cq_entries = 1024;
    reactor.receive_buffer_count = 4;
    reactor.receive_buffer_bytes = std::size_t{16} * 1024;
    reactor.bulk_buffer_count = 4;
    reactor.bulk_buffer_bytes = std::size_t{64} * 1024;
}

host::host(engine& time, network& between, unsigned index, std::string name)
    : machine_(std::make_unique<machine>(time, between, index, std::move(name))) {}

host::~host() {
    if (application_ != nullptr && !application_->has_ended()) crash();
}

const std::string& host::name() const noexcept { return machine_->name(); }

net::endpoint host::address(std::uint16_t port) const {
    net::endpoint where = machine_->ipv4();
    where.set_port(port);
    return where;
}
net::endpoint host::ipv6_address(std::uint16_t port) const {
    net::endpoint where = machine_->ipv6();
    where.set_port(port);
    return where;
}

void host::start_application(weir::detail::shard_main main, const host_options& options) {
    WEIR_ASSERT(!is_running(), "a host runs one application at a time");
    application_.reset();
    main_ = std::move(main);
    options_ = options;
    outcome_.reset();
    machine_->set_max_descriptors(options_.max_open_files);
    if (!machine_->is_up()) machine_->come_up();
    application_ = std::make_unique<application>(*machine_, options_, main_);
    collect_ended();  // one that never waits has ended already
}

void host::request_stop() {
    if (is_running()) application_->request_stop();
}

void host::pause() {
    if (is_running()) application_->set_paused(true);
}
void host::resume() {
    if (is_running()) application_->set_paused(false);
}

void host::crash() {
    if (application_ == nullptr) return machine_->go_down();
    application_->die();
    application_.reset();
    outcome_.reset();
}

void host::restart() {
    WEIR_ASSERT(main_ != nullptr, "a host that was never started is started again");
    if (is_running()) crash();
    start_application(main_, options_);
}

bool host::is_running() const noexcept {
    return application_ != nullptr && !application_->has_ended();
}

void host::collect_ended() {
    if (application_ == nullptr || !application_->has_ended()) return;
    const std::unique_ptr<application> ended = std::move(application_);
    outcome_ = ended->outcome();
}

std::string host::waiters() const {
    return application_ == nullptr ? std::string() : application_->waiters();
}

disk& host::disk() noexcept { return machine_->disk(); }
void host::jump_clock(std::chrono::nanoseconds by) { machine_->jump_clock(by); }
std::size_t host::open_descriptors() const noexcept { return machine_->open_descriptors(); }

}  // namespace weir::sim
