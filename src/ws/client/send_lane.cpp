// SPDX-License-Identifier: Apache-2.0
#include "send_lane.hpp"

#include <weir/coro/ok.hpp>
#include <weir/io/reactor.hpp>
#include <weir/ws/client/client_error.hpp>

#include <utility>

namespace weir::ws::detail {

waiting_request::~waiting_request() {
    if (lane_ != nullptr) lane_->withdraw(*this);
    table_.leave(*this, reactor::current().now());
}

task<result<message>> waiting_request::outcome() {
    const auto waited = co_await settled_.wait();
    if (outcome_) co_return std::move(*outcome_);
    co_return fail(waited.error());
}

task<result<void>> send_lane::push(outgoing what, waiting_request* owner) {
    if (shut_with_) co_return fail(*shut_with_);
    if (what.payload().size() > box_.options().max_bytes) co_return fail(std::errc::message_size);
    if (box_.options().policy != when_full::wait) co_return queue(std::move(what), owner);
    const std::uint64_t shuts = shuts_;
    const auto turn = co_await ok(line_.lock());
    while (shuts == shuts_ && !box_.has_room(what)) {
        moved_.reset();
        co_await ok(moved_.wait());
    }
    if (shuts != shuts_) co_return fail(shut_with_.value_or(client_errc::connection_lost));
    co_return queue(std::move(what), owner);
}

result<void> send_lane::queue(outgoing&& what, waiting_request* owner) {
    std::vector<outbox::entry> displaced;
    const auto ticket = box_.push(std::move(what), displaced);
    if (!ticket) return fail(ticket.error());
    if (owner != nullptr) {
        owner->lane_ = this;
        owner->ticket_ = *ticket;
        owners_.emplace(*ticket, owner);
    }
    drop(displaced, client_errc::message_dropped);
    work_.set();
    return {};
}

waiting_request* send_lane::release_owner(outbox::ticket of) noexcept {
    const auto found = owners_.find(of);
    if (found == owners_.end()) return nullptr;
    waiting_request* const owner = found->second;
    owners_.erase(found);
    owner->lane_ = nullptr;
    return owner;
}

void send_lane::drop(const std::vector<outbox::entry>& gone, std::error_code why) {
    if (gone.empty()) return;
    for (const outbox::entry& each : gone) {
        if (waiting_request* owner = release_owner(each.id)) requests_.refuse(*owner, why);
    }
    moved_.set();
    if (dropped_) dropped_(gone.size());
}

void send_lane::withdraw(waiting_request& owner) noexcept {
    owners_.erase(owner.ticket_);
    static_cast<void>(box_.withdraw(owner.ticket_));
    owner.lane_ = nullptr;
    moved_.set();
}

task<result<const outgoing*>> send_lane::next() {
    for (;;) {
        if (const outbox::entry* first = box_.take()) {
            in_hand_ = first->id;
            co_return &first->what;
        }
        work_.reset();
        co_await ok(work_.wait());
    }
}

outgoing send_lane::leave() {
    outgoing what = box_.release();
    if (waiting_request* owner = release_owner(in_hand_)) requests_.note_sent(*owner);
    moved_.set();
    return what;
}

void send_lane::discard(std::error_code why) {
    std::vector<outbox::entry> gone;
    const bool was_wanted = box_.is_wanted();
    gone.emplace_back(in_hand_, box_.release());
    if (was_wanted) return drop(gone, why);
    moved_.set();
}

void send_lane::put_back() {
    box_.put_back();
    work_.set();
    moved_.set();
}

task<result<void>> send_lane::until_empty() {
    while (!box_.empty()) {
        moved_.reset();
        co_await ok(moved_.wait());
    }
    co_return {};
}

void send_lane::shut(std::error_code why) noexcept {
    shut_with_ = why;
    ++shuts_;
    moved_.set();
}

std::vector<outgoing> send_lane::take_all() {
    std::vector<outgoing> kept;
    std::vector<outbox::entry> gone;
    for (outbox::entry& each : box_.clear()) {
        if (owners_.contains(each.id)) {
            gone.push_back(std::move(each));
        } else {
            kept.push_back(std::move(each.what));
        }
    }
    drop(gone, client_errc::message_dropped);
    return kept;
}

bool send_lane::fits(const std::vector<outgoing>& more) const noexcept {
    std::size_t size = box_.size_bytes();
    for (const outgoing& each : more) size += each.payload().size();
    return box_.size() + more.size() <= box_.options().max_messages &&
           size <= box_.options().max_bytes;
}

void send_lane::queue_all(std::vector<outgoing> more) {
    for (outgoing& each : more) static_cast<void>(queue(std::move(each), nullptr));
}

void send_lane::drop_all(std::error_code why) { drop(box_.clear(), why); }

}  // namespace weir::ws::detail
