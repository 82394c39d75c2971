// SPDX-License-Identifier: Apache-2.0
#include "record_engine.hpp"

#include <weir/base/assert.hpp>
#include <weir/base/byte_reader.hpp>
#include <weir/tls/error.hpp>

#include <algorithm>
#include <cstring>

namespace weir::tls {
namespace {

// RFC 8446 6.
enum class alert : std::uint8_t {
    close_notify = 0,
    unexpected_message = 10,
    bad_record_mac = 20,
    record_overflow = 22,
    illegal_parameter = 47,
    decode_error = 50,
    internal_error = 80,
    user_canceled = 90,
};
constexpr std::uint8_t level_warning = 1;
constexpr std::uint8_t level_fatal = 2;

constexpr std::uint8_t message_header_bytes = 4;  // type and length (RFC 8446 4)
constexpr std::uint8_t key_update_type = 24;
constexpr std::uint8_t update_not_requested = 0;
constexpr std::uint8_t update_requested = 1;
/// As OpenSSL does: one who sends nothing, again and again, keeps us busy for nothing.
constexpr std::uint8_t max_empty_records = 32;
/// In one piece of the wire: new keys cost us more than they cost to ask for, and who has no use
/// for them between two records has none.
constexpr std::uint8_t max_updates = 32;

constexpr std::uint8_t number(alert what) noexcept { return static_cast<std::uint8_t>(what); }

std::array<std::byte, 5> key_update(bool asks_peer) noexcept {
    const std::uint8_t request = asks_peer ? update_requested : update_not_requested;
    return {std::byte{key_update_type}, std::byte{0}, std::byte{0}, std::byte{1},
            std::byte{request}};
}

/// Whether the client has asked for shorter records than the protocol's (RFC 6066 4).
bool is_limited(const SSL* ssl) noexcept {
    const auto limit = SSL_SESSION_get_max_fragment_length(SSL_get_session(ssl));
    return limit >= TLSEXT_max_fragment_length_512 && limit <= TLSEXT_max_fragment_length_4096;
}

}  // namespace

std::unique_ptr<record_engine> record_engine::take_over(engine& established) {
    const traffic_secrets* secrets = established.secrets();
    SSL* ssl = established.native();
    if (secrets == nullptr || !secrets->is_complete()) return nullptr;
    if (is_limited(ssl)) return nullptr;
    const auto suite =
        static_cast<cipher_suite>(SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(ssl)));
    if (!is_usable(suite, secrets->client) || !is_usable(suite, secrets->server)) return nullptr;
    WEIR_ASSERT(!established.holds_bytes(), "OpenSSL reads no further than it must");
    auto made = std::make_unique<record_engine>(suite, secrets->client, secrets->server,
                                                established.sent_records());
    made->feed(established.unread_wire());
    return made;
}

record_engine::record_engine(cipher_suite suite, const traffic_secret& peer,
                             const traffic_secret& own, std::uint64_t sent)
    : peer_(suite, peer, 0), own_(suite, own, sent) {}

bytes record_engine::next_record(wire_output& out) {
    const bytes head = partial_.empty() ? wire_ : bytes(partial_.data()).first(partial_bytes_);
    std::array<std::byte, traffic_keys::header_bytes> header{};
    const std::size_t of_head = std::min(head.size(), header.size());
    std::copy_n(head.begin(), of_head, header.begin());
    if (!partial_.empty() && of_head < header.size()) {
        std::copy_n(wire_.begin(), std::min(wire_.size(), header.size() - of_head),
                    header.begin() + static_cast<std::ptrdiff_t>(of_head));
    }
    const std::size_t known = partial_.empty() ? of_head : of_head + wire_.size();
    if (known < header.size()) {
        keep_partial(header.size());
        return {};
    }
    byte_reader in(header);
    const auto [type, version, size] =
        *in.read_big<std::uint8_t, std::uint16_t, std::uint16_t>();  // any version (RFC 8446 5.1)
    if (type != static_cast<std::uint8_t>(content_type::application_data)) {
        static_cast<void>(refuse(number(alert::unexpected_message), out));
        return {};
    }
    if (size > traffic_keys::max_protected_bytes) {
        static_cast<void>(refuse(number(alert::record_overflow), out));
        return {};
    }
    const std::size_t whole = header.size() + size;
    if (partial_.empty() && wire_.size() >= whole) {
        const bytes record = wire_.first(whole);
        wire_ = wire_.subspan(whole);
        return record;
    }
    keep_partial(whole);
    return partial_bytes_ == whole ? bytes(partial_.data()) : bytes();
}

/// Moves bytes of the wire to where the record is collected, up to its end. The room grows with
/// what has come: a header only says that much will.
void record_engine::keep_partial(std::size_t record_bytes) {
    if (wire_.empty()) return;
    const std::size_t taken = std::min(wire_.size(), record_bytes - partial_bytes_);
    const std::size_t needed = partial_bytes_ + taken;
    if (partial_.size() < needed) {
        const std::size_t room = std::min(record_bytes, std::max(needed, 2 * partial_bytes_));
        buffer_lease larger = buffer_lease::with_room(room);
        std::copy_n(partial_.data().begin(), partial_bytes_, larger.data().begin());
        partial_ = std::move(larger);
    }
    std::copy_n(wire_.begin(), taken,
                partial_.data().begin() + static_cast<std::ptrdiff_t>(partial_bytes_));
    wire_ = wire_.subspan(taken);
    partial_bytes_ += taken;
}

record_engine::step record_engine::read(mutable_bytes into, std::size_t& size,
                                        wire_output& out) noexcept {
    size = 0;
    for (;;) {
        if (error_) return step::failed;
        if (has_closed_) return step::closed;
        // Looked at again with more room; what was taken off the wire stays in `partial_`.
        const bytes before = wire_;
        const bytes record = next_record(out);
        if (record.empty()) return error_ ? step::failed : step::needs_wire;
        const bool is_partial = !partial_.empty();
        if (record.size() > into.size() + traffic_keys::overhead_bytes - 1) {
            if (!is_partial) wire_ = before;
            return step::needs_room;
        }
        const auto opened = peer_.open(record, into);
        if (is_partial) free_buffers();
        if (!opened) return refuse(number(alert::bad_record_mac), out);
        if (opened->size > traffic_keys::max_contents_bytes) {
            return refuse(number(alert::record_overflow), out);
        }
        const step next = take_contents(*opened, bytes(into).first(opened->size), size, out);
        if (next != step::done || size != 0) return next;
    }
}

/// `done` with a size of 0: this record had nothing for the reader.
record_engine::step record_engine::take_contents(const opened_record& record, bytes contents,
                                                 std::size_t& size, wire_output& out) {
    const bool is_handshake = record.type == content_type::handshake;
    // RFC 8446 5.1: no other record may stand between those of one message.
    if (message_bytes_ != 0 && !is_handshake) {
        return refuse(number(alert::unexpected_message), out);
    }
    switch (record.type) {
        case content_type::application_data:
            size = contents.size();
            empty_records_ = contents.empty() ? static_cast<std::uint8_t>(empty_records_ + 1) : 0;
            if (empty_records_ <= max_empty_records) return step::done;
            return refuse(number(alert::unexpected_message), out);
        case content_type::alert:
            return take_alert(contents, out);
        case content_type::handshake:
            return take_handshake(contents, out);
    }
    return refuse(number(alert::unexpected_message), out);
}

record_engine::step record_engine::take_alert(bytes contents, wire_output& out) {
    byte_reader in(contents);
    const auto alert_of = in.read_big<std::uint8_t, std::uint8_t>();
    if (!alert_of || !in.is_empty()) return refuse(number(alert::decode_error), out);
    const std::uint8_t description = std::get<1>(*alert_of);
    if (description == number(alert::user_canceled)) {
        ++empty_records_;
        return empty_records_ <= max_empty_records ? step::done
                                                   : refuse(number(alert::unexpected_message), out);
    }
    if (description == number(alert::close_notify)) {
        has_closed_ = true;
        return step::closed;
    }
    error_ = std::error_code(description, alert_category());  // its level means nothing (6)
    has_said_end_ = true;
    return step::failed;
}

record_engine::step record_engine::take_handshake(bytes part, wire_output& out) {
    if (part.empty()) return refuse(number(alert::unexpected_message), out);
    const std::size_t taken = std::min(part.size(), message_.size() - message_bytes_);
    std::copy_n(part.begin(), taken, message_.begin() + message_bytes_);
    message_bytes_ = static_cast<std::uint8_t>(message_bytes_ + taken);
    if (message_[0] != std::byte{key_update_type}) {
        return refuse(number(alert::unexpected_message), out);
    }
    const auto expected = key_update(false);
    const bool has_length = message_bytes_ >= message_header_bytes;
    if (has_length &&
        !std::equal(message_.begin(), message_.begin() + message_header_bytes, expected.begin())) {
        return refuse(number(alert::decode_error), out);
    }
    // What follows a KeyUpdate in its record would go on with old keys.
    if (taken < part.size()) return refuse(number(alert::unexpected_message), out);
    if (message_bytes_ < message_.size()) return step::done;
    message_bytes_ = 0;
    const bool is_request = message_ == key_update(true);
    if (!is_request && message_ != expected) {
        return refuse(number(alert::illegal_parameter), out);
    }
    if (++updates_ > max_updates) return refuse(number(alert::unexpected_message), out);
    if (is_request && kernel_seals_) {
        return refuse(number(alert::internal_error), out, errc::new_keys_refused);
    }
    peer_.renew();
    owes_update_ = owes_update_ || is_request;
    return step::done;
}

record_engine::step record_engine::refuse(std::uint8_t alert, wire_output& out,
                                          std::error_code why) noexcept {
    error_ = why;
    if (!std::exchange(has_said_end_, true)) {
        const std::array<std::byte, 2> said = {std::byte{level_fatal}, std::byte{alert}};
        seal(content_type::alert, said, out);
    }
    return step::failed;
}

void record_engine::seal(content_type type, bytes contents, wire_output& out) {
    if (kernel_seals_) {
        std::ranges::copy(contents, out.append_message(type, contents.size()).begin());
        return;
    }
    own_.seal(type, contents, out.append(contents.size() + traffic_keys::overhead_bytes));
}

void record_engine::renew_keys(bool asks_peer, wire_output& out) {
    WEIR_ASSERT(!has_said_end_, "nothing follows the end, no new keys either");
    seal(content_type::handshake, key_update(asks_peer), out);
    own_.renew();
    owes_update_ = owes_update_ && asks_peer;
}

record_engine::step record_engine::write(bytes contents, wire_output& out) noexcept {
    if (has_said_end_) return step::failed;
    while (!contents.empty()) {
        if (owes_update_) renew_keys(false, out);  // not before there is something to say (4.6.3)
        const std::size_t size = std::min(contents.size(), traffic_keys::max_contents_bytes);
        seal(content_type::application_data, contents.first(size), out);
        if (own_.is_worn()) renew_keys(false, out);
        contents = contents.subspan(size);
    }
    return step::done;
}

std::error_code record_engine::hand_to_kernel(kernel& system, int fd) noexcept {
    WEIR_ASSERT(may_hand_over(), "something is to be said before the kernel has the keys");
    const std::error_code refused = own_.give_to_kernel(system, fd);
    if (refused) return refused;
    kernel_seals_ = true;
    own_.forget();
    return {};
}

record_engine::step record_engine::close(wire_output& out) noexcept {
    if (std::exchange(has_said_end_, true)) return step::done;
    const std::array<std::byte, 2> said = {std::byte{level_warning},
                                           std::byte{number(alert::close_notify)}};
    seal(content_type::alert, said, out);
    return step::done;
}

}  // namespace weir::tls
