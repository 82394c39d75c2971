// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/connection.hpp>

#include "connection_core.hpp"
#include "net/last_words.hpp"
#include "ws/deflate/compressed_frames.hpp"

#include <weir/base/error.hpp>
#include <weir/io/of_this_shard.hpp>
#include <weir/io/timeout.hpp>
#include <weir/ws/protocol/frame.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace weir::ws {

connection_statistics& connection_options::statistics_here() const noexcept {
    return statistics == nullptr ? connection_statistics::of_this_thread()
                                 : of_this_shard(*statistics);
}

const connection_options& connection_options::defaults() noexcept {
    static const connection_options instance;
    return instance;
}

prepared_message::prepared_message(message_kind kind, bytes payload) : kind_(kind) {
    const encoded_header header(kind == message_kind::text ? opcode::text : opcode::binary, true,
                                payload.size(), std::nullopt);
    header_bytes_ = header.view().size();
    frame_ = send_buffer::with_size(header_bytes_ + payload.size());
    const mutable_bytes memory = frame_.writable();
    std::copy(header.view().begin(), header.view().end(), memory.begin());
    std::copy(payload.begin(), payload.end(),
              memory.begin() + static_cast<std::ptrdiff_t>(header_bytes_));
    if (payload.size() >= min_compressed_bytes) {
        compressed_ = std::make_shared<detail::compressed_frames>();
    }
}

send_buffer prepared_message::compressed_frame(int window_bits, int level) const {
    if (compressed_ == nullptr) return {};
    return compressed_->frame(kind_, payload(), window_bits, level);
}

void detail::connection_core_closer::operator()(connection_core* core) const noexcept {
    delete core;
}

connection::connection(net::stream_socket socket, role side, const connection_options& options,
                       buffer_lease early, deflate_agreement deflate)
    : core_(new detail::connection_core(std::move(socket), side, options, std::move(early),
                                        std::move(deflate))) {}

bool connection::try_send(const prepared_message& shared) { return core_->queue(shared); }
bool connection::try_ping(bytes payload) { return core_->queue_ping(payload); }
std::size_t connection::hibernate() { return core_->hibernate(); }
void connection::listen_to_pongs(std::function<void(bytes)> listener) {
    core_->listen_to_pongs(std::move(listener));
}
bool connection::start_close(close_code code, std::string_view reason) {
    return core_->start_close(code, reason);
}

namespace {

/// Reads on until the connection has ended, and says how.
task<result<void>> drain(connection& peer) {
    for (;;) {
        const auto received = co_await peer.receive();
        if (received) continue;
        if (received.error() == connection_errc::closed) co_return {};
        co_return fail(received.error());
    }
}

}  // namespace

task<result<void>> connection::close(close_code code, std::string_view reason) {
    if (!core_->socket().is_open()) {
        if (core_->end() == connection_errc::closed) co_return {};
        co_return fail(core_->end());
    }
    const std::chrono::nanoseconds limit = core_->options().close_timeout;
    static_cast<void>(core_->start_close(code, reason));
    const result<void> answered = co_await with_timeout(limit, drain(*this));
    if (answered && core_->session().side() == role::client) {
        // The server ends the TCP connection: that is its part (RFC 6455 7.1.1).
        static_cast<void>(co_await with_timeout(limit, net::drop_until_end(core_->socket())));
    } else if (!answered && answered.error().category() == protocol_category()) {
        static_cast<void>(
            co_await with_timeout(limit, net::let_last_words_arrive(core_->socket())));
    }
    const result<void> closed = co_await core_->socket().close(limit);
    const result<void> outcome = answered ? closed : answered;
    core_->close_ended(outcome ? std::error_code() : outcome.error());
    co_return outcome;
}

bool connection::is_open() const noexcept { return core_->may_queue(); }
bool connection::take_sign_of_life() noexcept { return core_->take_sign_of_life(); }
bool connection::is_mid_message() const noexcept { return core_->session().has_begun_message(); }
std::size_t connection::queued_bytes() const noexcept {
    return core_->socket().is_open() ? core_->sender().queued_bytes() : 0;
}
close_code connection::close_code_received() const noexcept { return core_->peer_code(); }
const std::string& connection::close_reason_received() const noexcept {
    return core_->peer_reason();
}
std::chrono::nanoseconds connection::round_trip() const noexcept { return core_->round_trip(); }
const std::string& connection::protocol() const noexcept { return core_->protocol(); }
void connection::set_protocol(std::string name) { core_->set_protocol(std::move(name)); }
deflate_parameters connection::deflate() const noexcept { return core_->session().deflate(); }
net::stream_socket& connection::socket() noexcept { return core_->socket(); }

void connection::receive_awaiter::request_stop() noexcept {
    core_.forget_reader();
    finish(outcome::stopped);
}
std::error_code connection::receive_awaiter::error() const noexcept {
    return outcome_ == outcome::stopped ? stopped_error() : core_.end();
}

wait_queue& connection::send_awaiter::progress() noexcept { return core_.sender().progress(); }

result<void> connection::send_awaiter::unusual_outcome() const noexcept {
    // The socket may have been closed by somebody else while this waited for room.
    const bool is_open = core_.socket().is_open();
    if (is_open && core_.sender().has_failed()) return fail(core_.sender().error());
    if (queued_) return {};
    if (was_stopped()) return fail(std::errc::operation_canceled);
    return fail(core_.has_ended() ? core_.end() : make_error_code(connection_errc::closed));
}

}  // namespace weir::ws
