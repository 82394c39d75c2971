// SPDX-License-Identifier: Apache-2.0
// record_engine: a server's end of an established TLS 1.3 connection, in 500 bytes. After the
// handshake all that is left to do is to protect records (RFC 8446 5) and to follow three kinds of
// messages of the peer: alerts, KeyUpdate, and the end. OpenSSL does the handshake, and keeps 13
// KiB a connection for it for as long as that lives; so it is let go, and its ciphers are used
// here.
//
//   open --close_notify--> closed
//     '--a record that is forged, too long, or says what may not be said; an alert--> failed
//
// Clients keep OpenSSL's: they are few, and it knows what to do with the tickets that come.
#pragma once

#include "engine.hpp"
#include "traffic_keys.hpp"

#include <weir/base/bytes.hpp>
#include <weir/io/buffer_ring.hpp>
#include <weir/tls/error.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <system_error>

namespace weir::tls {

/// Has the interface of `engine`, after its handshake.
class record_engine {
public:
    using step = engine::step;

    /// Goes on in the place of `established`, whose handshake is over; null = it cannot, because
    /// this is TLS 1.2, a client, a cipher suite that is not known here, or one whose peer has
    /// asked for short records.
    [[nodiscard]] static std::unique_ptr<record_engine> take_over(engine& established);

    /// @param sent  how many records have been protected with `own`.
    explicit record_engine(cipher_suite suite, const traffic_secret& peer,
                           const traffic_secret& own, std::uint64_t sent);
    record_engine(const record_engine&) = delete;
    record_engine& operator=(const record_engine&) = delete;
    ~record_engine() = default;

    void feed(bytes wire) noexcept {
        wire_ = wire;
        updates_ = 0;
    }
    [[nodiscard]] bytes unread_wire() const noexcept { return wire_; }
    [[nodiscard]] step read(mutable_bytes into, std::size_t& size, wire_output& out) noexcept;
    [[nodiscard]] bool holds_bytes() const noexcept { return partial_bytes_ != 0; }
    [[nodiscard]] std::size_t max_held_bytes() const noexcept { return partial_bytes_; }
    /// Never needs the wire.
    [[nodiscard]] step write(bytes contents, wire_output& out) noexcept;
    [[nodiscard]] step close(wire_output& out) noexcept;
    /// What is collected of a record is needed no more.
    void free_buffers() noexcept {
        partial_.reset();
        partial_bytes_ = 0;
    }
    [[nodiscard]] std::error_code error() const noexcept { return error_; }

    /// Has the kernel protect what is sent over `fd`; this goes on opening what comes, and says its
    /// end by `wire_output::append_message`. A peer that asks for new keys then is refused: no
    /// kernel before Linux 6.14 can take them. Only while it may.
    /// Errors: those of `give_keys_to_kernel`; nothing has changed then.
    [[nodiscard]] std::error_code hand_to_kernel(kernel& system, int fd) noexcept;
    /// Whether nothing stands before that: its end, or new keys that the peer has asked for.
    [[nodiscard]] bool may_hand_over() const noexcept {
        return !has_said_end_ && !owes_update_ && !kernel_seals_;
    }
    /// How many records it has protected with its present keys.
    [[nodiscard]] std::uint64_t sealed_records() const noexcept { return own_.next_record(); }

    /// Says that new keys follow, and has the peer do so, too, if `asks_peer`. A peer's own request
    /// is met with the next contents: many of them cost one answer.
    void renew_keys(bool asks_peer, wire_output& out);

private:
    /// The next whole record; empty = more of the wire is needed. `error_` if it is none.
    [[nodiscard]] bytes next_record(wire_output& out);
    void keep_partial(std::size_t record_bytes);
    [[nodiscard]] step take_contents(const opened_record& record, bytes contents, std::size_t& size,
                                     wire_output& out);
    [[nodiscard]] step take_alert(bytes alert, wire_output& out);
    [[nodiscard]] step take_handshake(bytes part, wire_output& out);
    [[nodiscard]] step refuse(std::uint8_t alert, wire_output& out,
                              std::error_code why = errc::bad_record) noexcept;
    void seal(content_type type, bytes contents, wire_output& out);

    traffic_keys peer_;
    traffic_keys own_;
    bytes wire_;
    buffer_lease partial_;                // a record that is not whole
    std::size_t partial_bytes_ = 0;       // of it that are here
    std::array<std::byte, 5> message_{};  // of the handshake, of which only KeyUpdate may come
    std::uint8_t message_bytes_ = 0;
    std::uint8_t empty_records_ = 0;  // in a row
    std::uint8_t updates_ = 0;        // of the peer's keys, in this piece of the wire
    bool owes_update_ = false;        // of ours: the peer has asked for it
    bool kernel_seals_ = false;
    bool has_closed_ = false;    // the peer has
    bool has_said_end_ = false;  // we have, or that something is wrong
    std::error_code error_;
};

}  // namespace weir::tls
