// SPDX-License-Identifier: Apache-2.0
#include "session_layer.hpp"

#include <weir/io/reactor.hpp>
#include <weir/tls/error.hpp>

#include <algorithm>
#include <utility>

namespace weir::tls {
namespace {

/// What one lease of opened bytes holds at most.
constexpr std::size_t max_opened_bytes = 64 * 1024;
constexpr std::size_t max_record_bytes = 16 * 1024;
/// A record can be opened only when all of it is there. The first ones of a burst fit into one
/// packet each, so that none waits for a second round trip; later, large ones cost less.
constexpr std::size_t packet_record_bytes = 1300;
constexpr std::size_t packet_records_bytes = 40 * packet_record_bytes;
constexpr std::chrono::seconds idle_after{1};
/// A peer may ask for answers of the protocol (to renegotiation, with an alert) without reading
/// them: beyond so many it is up to no good.
constexpr std::size_t max_answer_bytes = 16 * 1024;

}  // namespace

mutable_bytes sender_output::append(std::size_t size) {
    appended_ += size;
    if (!to_.has_failed()) return to_.append_record(size);
    lost_.resize(size);
    return lost_;
}

session_layer::~session_layer() {
    // Without this OpenSSL forbids to resume the session: a rule that TLS has dropped.
    SSL_set_shutdown(engine_.native(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

bool session_layer::open(bytes wire, net::detail::opened_input& to) noexcept {
    if (has_ended_) return false;
    sender_output out(to_);
    engine_.feed(wire);
    engine::step step = engine::step::done;
    while (step == engine::step::done) {
        const std::size_t inside = engine_.holds_bytes() ? max_record_bytes : 0;
        const std::size_t room = std::min(engine_.unread_wire().size() + inside, max_opened_bytes);
        if (room == 0) break;
        buffer_lease opened = buffer_lease::with_room(room);
        step = fill(opened, out);
        // Padding must not be what is kept.
        if (opened.size() < room / 2) opened = buffer_lease::copy_of(opened.data());
        if (!opened.empty() && !to.take_opened(std::move(opened))) break;
    }
    engine_.feed({});  // what is left of it, nobody wants
    answer_bytes_ += out.appended();
    go_on();
    if (step == engine::step::closed || step == engine::step::failed) {
        return end(step == engine::step::failed ? engine_.error() : std::error_code());
    }
    return answer_bytes_ <= max_answer_bytes || end(errc::renegotiation_refused);
}

engine::step session_layer::fill(buffer_lease& opened, wire_output& out) noexcept {
    std::size_t filled = 0;
    engine::step step = engine::step::done;
    while (filled < opened.size() && step == engine::step::done) {
        std::size_t size = 0;
        step = engine_.read(opened.data().subspan(filled), size, out);
        if (step == engine::step::done) filled += size;
    }
    opened.narrow(opened.data().first(filled));
    return step;
}

bool session_layer::end(std::error_code why) noexcept {
    has_ended_ = true;
    end_error_ = why;
    SSL_free_buffers(engine_.native());  // which keeps them here
    go_on();
    return false;
}

void session_layer::wire_ended(std::error_code error) noexcept {
    if (!has_ended_) static_cast<void>(end(error ? error : make_error_code(errc::truncated)));
}

void session_layer::note_burst(time_point now) noexcept {
    if (now - last_sealed_ >= idle_after) burst_bytes_ = 0;
    last_sealed_ = now;
}

std::size_t session_layer::next_record(std::size_t contents) const noexcept {
    const bool is_early = burst_bytes_ < packet_records_bytes;
    return std::min(contents, is_early ? packet_record_bytes : max_record_bytes);
}

net::detail::sealing session_layer::outcome_of(engine::step step) noexcept {
    if (step == engine::step::done) return net::detail::sealing::done;
    if (step != engine::step::needs_wire || has_ended_) return net::detail::sealing::never;
    is_awaited_ = true;
    return net::detail::sealing::later;
}

void session_layer::go_on() noexcept {
    if (std::exchange(is_awaited_, false)) to_.go_on();
}

net::detail::sealing session_layer::seal(bytes contents) noexcept {
    sender_output out(to_);
    note_burst(reactor::current().now());
    answer_bytes_ = 0;
    while (!contents.empty()) {
        const std::size_t size = next_record(contents.size());
        // Only the first can have to wait: nothing is read in between.
        const engine::step step = engine_.write(contents.first(size), out);
        if (step != engine::step::done) return outcome_of(step);
        burst_bytes_ += size;
        contents = contents.subspan(size);
    }
    return net::detail::sealing::done;
}

net::detail::sealing session_layer::seal_end() noexcept {
    sender_output out(to_);
    return outcome_of(engine_.close(out));
}

}  // namespace weir::tls
