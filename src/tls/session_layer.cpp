// SPDX-License-Identifier: Apache-2.0
#include "session_layer.hpp"

#include <weir/io/reactor.hpp>
#include <weir/tls/error.hpp>

#include <algorithm>
#include <concepts>
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
    return to_.has_failed() ? nowhere(size) : to_.append_record(size);
}
mutable_bytes sender_output::append_message(content_type type, std::size_t size) {
    appended_ += size;
    if (to_.has_failed()) return nowhere(size);
    return to_.append_message(static_cast<std::uint8_t>(type), size);
}
mutable_bytes sender_output::nowhere(std::size_t size) {
    lost_.resize(size);
    return lost_;
}

template <class Engine>
bool session_layer<Engine>::open(bytes wire, net::detail::opened_input& to) noexcept {
    if (has_ended_) return false;
    sender_output out(to_);
    engine_->feed(wire);
    step last = step::done;
    while (last == step::done || last == step::needs_room) {
        const std::size_t here = engine_->unread_wire().size() + engine_->max_held_bytes();
        const std::size_t room = std::min(here, max_opened_bytes);
        if (room == 0) break;
        buffer_lease opened = buffer_lease::with_room(room);
        last = fill(opened, out);
        // Padding must not be what is kept.
        if (opened.size() < room / 2) opened = buffer_lease::copy_of(opened.data());
        if (!opened.empty() && !to.take_opened(std::move(opened))) break;
    }
    engine_->feed({});  // what is left of it, nobody wants
    answer_bytes_ += out.appended();
    go_on();
    if (last == step::failed) to_.refuse_contents();
    if (last == step::closed || last == step::failed) {
        return end(last == step::failed ? engine_->error() : std::error_code());
    }
    return answer_bytes_ <= max_answer_bytes || end(errc::renegotiation_refused);
}

template <class Engine>
auto session_layer<Engine>::fill(buffer_lease& opened, wire_output& out) noexcept -> step {
    std::size_t filled = 0;
    step last = step::done;
    while (filled < opened.size() && last == step::done) {
        std::size_t size = 0;
        last = engine_->read(opened.data().subspan(filled), size, out);
        if (last == step::done) filled += size;
    }
    opened.narrow(opened.data().first(filled));
    return last;
}

template <class Engine>
bool session_layer<Engine>::end(std::error_code why) noexcept {
    has_ended_ = true;
    end_error_ = why;
    engine_->free_buffers();
    go_on();
    return false;
}

template <class Engine>
void session_layer<Engine>::wire_ended(std::error_code error) noexcept {
    if (!has_ended_) static_cast<void>(end(error ? error : make_error_code(errc::truncated)));
}

template <class Engine>
void session_layer<Engine>::note_burst(time_point now) noexcept {
    if (now - last_sealed_ >= idle_after) burst_bytes_ = 0;
    last_sealed_ = now;
}

template <class Engine>
std::size_t session_layer<Engine>::next_record(std::size_t contents) const noexcept {
    const bool is_early = burst_bytes_ < packet_records_bytes;
    return std::min(contents, is_early ? packet_record_bytes : max_record_bytes);
}

template <class Engine>
net::detail::sealing session_layer<Engine>::outcome_of(step last) noexcept {
    if (last == step::done) return net::detail::sealing::done;
    if (last != step::needs_wire || has_ended_) return net::detail::sealing::never;
    is_awaited_ = true;
    return net::detail::sealing::later;
}

template <class Engine>
void session_layer<Engine>::go_on() noexcept {
    if (std::exchange(is_awaited_, false)) to_.go_on();
}

template <class Engine>
net::detail::sealing session_layer<Engine>::seal(bytes contents) noexcept {
    sender_output out(to_);
    note_burst(reactor::current().now());
    answer_bytes_ = 0;
    while (!contents.empty()) {
        const std::size_t size = next_record(contents.size());
        // Only the first can have to wait: nothing is read in between.
        const step written = engine_->write(contents.first(size), out);
        if (written != step::done) return outcome_of(written);
        burst_bytes_ += size;
        contents = contents.subspan(size);
    }
    return net::detail::sealing::done;
}

template <class Engine>
net::detail::sealing session_layer<Engine>::seal_end() noexcept {
    sender_output out(to_);
    return outcome_of(engine_->close(out));
}

template <class Engine>
std::optional<std::uint64_t> session_layer<Engine>::hand_to_kernel(
    [[maybe_unused]] int fd) noexcept {
    if constexpr (std::same_as<Engine, record_engine>) {
        if (!kernel_tls_ || !engine_->may_hand_over()) return std::nullopt;
        const std::uint64_t sealed = engine_->sealed_records();
        kernel_tls_ = !engine_->hand_to_kernel(reactor::current().system(), fd);
        if (kernel_tls_) return sealed;  // refused once, it is not asked again
    }
    return std::nullopt;
}

template class session_layer<engine>;
template class session_layer<record_engine>;

}  // namespace weir::tls
