// SPDX-License-Identifier: Apache-2.0
#include "connection_core.hpp"

#include <weir/ws/protocol/mask.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace weir::ws::detail {

namespace {

/// Up to this size copying a message next to its header is cheaper than referring to it.
constexpr std::size_t max_copied_payload_bytes = 512;

const std::string& no_text() {
    static const std::string empty;
    return empty;
}

/// Gives a lease on an assembled message.
class assembled_block final : public weir::detail::buffer_block, public weir::detail::pooled {
public:
    [[nodiscard]] static buffer_lease make(message_buffer&& assembled) {
        auto* block = new assembled_block(std::move(assembled));
        return buffer_lease(*block, block->memory_.view());
    }

private:
    explicit assembled_block(message_buffer&& assembled) noexcept
        : buffer_block(false), memory_(std::move(assembled)) {}
    void recycle() noexcept override { delete this; }

    message_buffer memory_;
};

}  // namespace

connection_core::connection_core(net::stream_socket socket, role side,
                                 const connection_options& options, buffer_lease early,
                                 deflate_agreement deflate)
    : socket_(std::move(socket)),
      options_(options),
      chunk_(std::move(early)),
      session_(side, options.limits) {
    if (chunk_.empty()) chunk_.reset();  // which may hold memory for no bytes
    session_.use_deflate(std::move(deflate));
    sender().set_idle_listener(this);
    arm_keepalive(options_.ping_interval);
    options_.statistics_here().connections.add();
}

connection_core::~connection_core() {
    WEIR_ASSERT(reader_ == nullptr, "a WebSocket connection was destroyed while a task receives");
    options_.statistics_here().connections_ended.add();
    reactor::current().timers().disarm(*this);
    if (!socket_.is_open()) return;
    sender().set_idle_listener(nullptr);
    static_cast<void>(start_close(close_code::going_away, {}));
}

void connection_core::forget_reader() noexcept {
    reader_ = nullptr;
    socket_.core().receiver().forget();
}

mutable_bytes connection_core::direct_space() noexcept { return session_.direct_space(); }

bool connection_core::take_direct(std::size_t size) noexcept {
    note_sign_of_life();
    session_.direct_filled(size);
    return serve_reader();
}

void connection_core::take_end(std::error_code error) noexcept {
    end(error ? error : make_error_code(connection_errc::ended_without_close));
    std::exchange(reader_, nullptr)->finish(connection::receive_awaiter::outcome::ended);
}

void connection_core::sender_idle() noexcept {
    // A flood of pings is answered as fast as the peer takes the pongs; the last one waits here.
    if (session_.pongs_flushed() && reader_ != nullptr && serve_reader()) {
        socket_.core().receiver().forget();
    }
}

void connection_core::close_ended(std::error_code how) noexcept {
    if (!has_ended()) end(how ? how : make_error_code(connection_errc::closed));
}

bool connection_core::may_queue() noexcept {
    return socket_.is_open() && !has_ended() && session_.may_send() && !sender().has_failed();
}

void connection_core::release_shared_memory() {
    if (!chunk_.is_shared_memory()) return;
    chunk_ = buffer_lease::copy_of(chunk_.data());
    gap_ = 0;
}

void connection_core::note_sent_pongs() noexcept {
    // A queue that never runs empty never tells so; what has left it still counts.
    if (!has_unsent_pongs()) return;
    if (!sender().sent_through(extras_->pongs_end)) return;
    extras_->pongs_end = 0;
    static_cast<void>(session_.pongs_flushed());
}

bool connection_core::serve_reader() {
    return tell_reader(has_ended() ? step::ended : advance(reader_->message_));
}

[[gnu::always_inline]] inline bool connection_core::serve_reader_quickly() {
    const step taken = take_whole(reader_->message_);
    return taken == step::need_data ? serve_reader() : tell_reader(taken);
}

inline bool connection_core::tell_reader(step taken) noexcept {
    using outcome = connection::receive_awaiter::outcome;
    if (taken == step::need_data) return false;
    std::exchange(reader_, nullptr)
        ->finish(taken == step::message ? outcome::message : outcome::ended);
    return true;
}

[[gnu::always_inline]] inline bool connection_core::read(connection::receive_awaiter& reader) {
    WEIR_ASSERT(reader_ == nullptr, "a second receive was started while one is in flight");
    reader_ = &reader;
    if (serve_reader_quickly()) return true;
    static_cast<void>(socket_.core().receiver().wait(*this));
    return reader_ == nullptr;
}

bool connection_core::take_bytes(buffer_lease&& arrived) noexcept {
    note_sign_of_life();
    chunk_ = std::move(arrived);
    gap_ = 0;
    return serve_reader_quickly();
}

[[gnu::always_inline]] inline connection_core::step connection_core::take_whole(message& out) {
    if (has_ended() || has_unsent_pongs()) return step::need_data;
    event found(event_kind::need_data);
    mutable_bytes rest = chunk_.data();
    if (!session_.next_whole(rest, gap_, found)) return step::need_data;
    if (found.kind() == event_kind::failed) return fail_text();
    take_from_chunk(found, rest, out);
    return step::message;
}

// Apart, so that `take_whole` need not keep its event in memory.
connection_core::step connection_core::fail_text() {
    fail_protocol(event(protocol_errc::text_not_utf8));
    return step::ended;
}

inline void connection_core::take_from_chunk(const event& arrived, mutable_bytes rest,
                                             message& out) {
    gap_ = 0;
    if (rest.empty()) {
        // Without bytes behind it, the message alone holds the memory.
        chunk_.narrow(arrived.payload());
        out = message(arrived.type(), std::move(chunk_), arrived.headroom());
        return;
    }
    out = message(arrived.type(), chunk_.share(arrived.payload()), arrived.headroom());
    const std::byte* end = arrived.payload().data() + arrived.payload().size();
    const auto gap = static_cast<std::size_t>(rest.data() - end);
    if (gap <= UINT16_MAX) gap_ = static_cast<std::uint16_t>(gap);
    chunk_.narrow(rest);
}

connection_core::step connection_core::advance(message& out) {
    note_sent_pongs();
    if (chunk_.empty() && !session_.may_hold_memory()) return step::need_data;
    for (;;) {
        mutable_bytes rest = chunk_.data();
        const event happened = session_.next(rest, std::exchange(gap_, std::uint16_t{0}));
        switch (happened.kind()) {
            case event_kind::need_data:
                chunk_.reset();
                if (session_.has_begun_message()) note_activity();
                return step::need_data;
            case event_kind::message:
                take_message(happened, rest, out);
                note_activity();
                return step::message;
            case event_kind::pong_due:
                if (session_.may_send()) {
                    sender().push_copy(session_.encode_pong(happened.payload()).view());
                    extras().pongs_end = sender().queued_through();
                }
                break;
            case event_kind::pong_received:
                if (awaits_pong_) round_trip_ = now() - ping_sent_;
                awaits_pong_ = false;
                if (extras_ && extras_->pong_listener) extras_->pong_listener(happened.payload());
                break;
            case event_kind::close_received:
                answer_close(happened);
                return step::ended;
            case event_kind::failed:
                fail_protocol(happened);
                return step::ended;
        }
        chunk_.narrow(rest);
    }
}

void connection_core::take_message(const event& arrived, mutable_bytes rest, message& out) {
    if (arrived.is_in_chunk()) return take_from_chunk(arrived, rest, out);
    out = message(arrived.type(), assembled_block::make(session_.take_message()));
    if (rest.empty()) {
        chunk_.reset();
    } else {
        chunk_.narrow(rest);
    }
}

void connection_core::answer_close(const event& arrived) {
    peer_code_ = arrived.code();
    if (!arrived.reason().empty()) extras().peer_reason = arrived.reason();
    if (session_.may_send()) {
        if (const auto frame = session_.close(arrived.code())) sender().push_copy(frame->view());
    }
    end(make_error_code(connection_errc::closed));
}

void connection_core::fail_protocol(const event& broken) {
    if (const auto frame = session_.close(broken.code(), broken.reason())) {
        sender().push_copy(frame->view());
    }
    options_.statistics_here().count_refusal(make_error_code(broken.error()));
    end(make_error_code(broken.error()));
}

void connection_core::end(std::error_code how) noexcept {
    end_category_ = &how.category();
    end_value_ = how.value();
    chunk_.reset();
    reactor::current().timers().disarm(*this);
}

const deflate_options& connection_core::deflating() const noexcept {
    static const deflate_options defaults;
    return options_.deflate ? *options_.deflate : defaults;
}

bool connection_core::compresses(std::size_t size) const noexcept {
    return session_.deflate().may_compress() && size >= deflating().threshold_bytes();
}

bool connection_core::queue_compressed(message_kind kind, bytes payload) {
    const message_buffer small = session_.compress(payload, deflating().level());
    if (small.empty()) return false;
    session_.encode_message(kind, small.view(), sender().append(session_.frame_size(small.size())),
                            compressed_bit);
    return true;
}

bool connection_core::queue_compressed(const prepared_message& shared) {
    send_buffer frame =
        shared.compressed_frame(session_.deflate().send_window_bits(), deflating().level());
    if (frame.empty()) return false;
    session_.forget_sent();
    sender().push(std::move(frame));
    return true;
}

bool connection_core::queue(message_kind kind, bytes payload) {
    if (!may_queue()) return false;
    if (!compresses(payload.size()) || !queue_compressed(kind, payload)) {
        // One piece for header and payload: what is queued in a turn then leaves in few pieces.
        session_.encode_message(kind, payload,
                                sender().append(session_.frame_size(payload.size())));
    }
    note_activity();
    return true;
}

[[gnu::always_inline]] inline bool connection_core::queue(message&& received) {
    const std::size_t length = received.size();
    const std::size_t head = header_size(length, false);
    if (session_.side() == role::client || received.headroom() < head || compresses(length)) {
        return queue_apart(std::move(received));
    }
    if (!may_queue()) return false;
    note_activity();
    buffer_lease frame = received.take_with_headroom(head);
    session_.write_header(received.kind(), length, frame.data());
    sender().push(std::move(frame));
    return true;
}

bool connection_core::queue_apart(message&& received) {
    const std::size_t length = received.size();
    if (session_.side() == role::client || length <= max_copied_payload_bytes ||
        compresses(length)) {
        return queue(received.kind(), received.data());
    }
    if (!may_queue()) return false;
    note_activity();
    sender().push_copy(session_.encode_message(received.kind(), length).view());
    sender().push(received.take_payload());
    return true;
}

bool connection_core::queue(const prepared_message& shared) {
    if (session_.side() == role::client) return queue(shared.kind(), shared.payload());
    if (!may_queue()) return false;
    note_activity();
    if (compresses(shared.payload().size()) && queue_compressed(shared)) return true;
    sender().push(shared.frame());
    return true;
}

bool connection_core::queue_ping(bytes payload) {
    if (!may_queue()) return false;
    sender().push_copy(session_.encode_ping(payload).view());
    ping_sent_ = now();
    awaits_pong_ = true;
    return true;
}

bool connection_core::start_close(close_code code, std::string_view reason) {
    WEIR_ASSERT(code == close_code::no_status || is_valid_on_wire(code),
                "a close frame was given a code that may not be sent");
    if (!socket_.is_open() || !session_.may_send()) return false;
    auto frame = session_.close(code, reason);
    // The reason is for people only: one that is no UTF-8 must not keep the connection open.
    if (!frame) frame = session_.close(code);
    if (!frame) return false;
    sender().push_copy(frame->view());
    return true;
}

const std::string& connection_core::protocol() const noexcept {
    return extras_ == nullptr ? no_text() : extras_->protocol;
}
const std::string& connection_core::peer_reason() const noexcept {
    return extras_ == nullptr ? no_text() : extras_->peer_reason;
}

connection_core::extra_state& connection_core::extras() {
    if (extras_ == nullptr) extras_ = std::make_unique<extra_state>();
    return *extras_;
}

void connection_core::arm_keepalive(std::chrono::milliseconds delay) noexcept {
    if (options_.ping_interval.count() <= 0) return;
    reactor& loop = reactor::current();
    loop.timers().arm(*this, loop.now() + delay);
}

void connection_core::begin_idleness() {
    if (extras_ != nullptr && std::exchange(extras_->is_hibernating, false)) {
        options_.statistics_here().woken.add();
    }
    if (!options_.hibernation.concerns(session_.held_bytes())) return;
    extras().active = coarse_now();
    await_idleness();
}

std::chrono::milliseconds connection_core::idle() const noexcept {
    return coarse_now() - extras_->active;
}

void connection_core::await_idleness() noexcept {
    if (timer::is_armed() || has_ended()) return;
    reactor& loop = reactor::current();
    loop.timers().arm(*this, loop.now() + options_.hibernation.idle_time - idle());
}

void connection_core::hibernate_if_due() {
    if (extras_ == nullptr || !options_.hibernation.concerns(session_.held_bytes())) return;
    if (options_.hibernation.is_due(idle(), session_.held_bytes())) {
        static_cast<void>(hibernate());
    } else if (options_.ping_interval.count() <= 0) {
        await_idleness();
    }
}

std::size_t connection_core::hibernate() {
    release_shared_memory();
    const std::size_t given_back = session_.hibernate();
    if (given_back == 0) return 0;
    connection_statistics& statistics = options_.statistics_here();
    if (!std::exchange(extras().is_hibernating, true)) statistics.hibernated.add();
    statistics.note_given_back(given_back);
    return given_back;
}

void connection_core::expired() noexcept {
    hibernate_if_due();
    if (options_.ping_interval.count() <= 0) return;
    // Without a reader the peer's pong may lie unread: silence proves nothing then.
    const bool proves_nothing = !is_silent_ || reader_ == nullptr;
    is_silent_ = true;
    // Our own ping counts, not the user's: that one may be a moment old.
    const bool was_probed = was_probed_;
    was_probed_ = !proves_nothing;
    if (proves_nothing) return arm_keepalive(options_.ping_interval);
    if (!was_probed && queue_ping({})) return arm_keepalive(options_.pong_timeout);
    options_.statistics_here().silent_ended.add();
    end(std::make_error_code(std::errc::timed_out));
    sender().fail(ETIMEDOUT);
    socket_.core().receiver().forget();
    std::exchange(reader_, nullptr)->finish(connection::receive_awaiter::outcome::ended);
}

}  // namespace weir::ws::detail

// The awaiters' halves of what runs for each message: here, so that it becomes few functions. The
// calls between more of them, and what those pass through memory, would cost more than all they do.
namespace weir::ws {

bool connection::receive_awaiter::begin(weir::detail::promise_base& promise) {
    if (promise.ambient().is_stopped()) {
        outcome_ = outcome::stopped;
        return false;
    }
    if (core_.read(*this)) return false;
    suspend(promise);
    return true;
}

bool connection::send_awaiter::queue() {
    switch (source_) {
        case source::copied:
            queued_ = core_.queue(kind_, bytes(data_, size_));
            break;
        case source::received:
            queued_ = core_.queue(std::move(*received_));
            break;
        case source::prepared:
            queued_ = core_.queue(*prepared_);
            break;
    }
    if (!queued_ || !core_.sender().is_above_high_water()) [[likely]]
        return false;
    met_full_queue_ = true;
    core_.release_shared_memory();
    return true;
}

}  // namespace weir::ws
