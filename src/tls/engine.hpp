// SPDX-License-Identifier: Apache-2.0
// engine: one end of a TLS connection without a socket. Bytes of the wire go in, bytes for the wire
// come out; OpenSSL thinks in between.
//
//   handshake --step: done--> open --read: closed, failed--> ended
//             \--step: failed--> ended
//
// OpenSSL reads straight from the caller's memory and writes straight into that of `wire_output`
// (a BIO of our own instead of the memory BIOs: those copy once more and keep a buffer each).
#pragma once

#include "key_schedule.hpp"
#include "openssl.hpp"
#include "traffic_keys.hpp"

#include <weir/base/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <system_error>

namespace weir::tls {

/// Takes what an engine puts on the wire.
class wire_output {
public:
    /// The next `size` bytes of the wire, to be filled in at once.
    [[nodiscard]] virtual mutable_bytes append(std::size_t size) = 0;
    /// The same for a message that the kernel seals, as a record of `type`, when it has the keys.
    [[nodiscard]] virtual mutable_bytes append_message(content_type type, std::size_t size) = 0;

protected:
    ~wire_output() = default;
};

class engine {
public:
    enum class step : std::uint8_t {
        done,        ///< the handshake is over, or a read has given bytes
        needs_wire,  ///< more bytes of the wire are needed
        closed,      ///< the peer has said that nothing follows
        failed,      ///< see `error`
        needs_room,  ///< of `record_engine`: the next record has more contents than there is room
    };

    explicit engine(ssl_ptr ssl);
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;
    ~engine();

    /// Gives the next bytes of the wire: they are borrowed until `unread_wire` is empty.
    void feed(bytes wire) noexcept { wire_ = wire; }
    [[nodiscard]] bytes unread_wire() const noexcept { return wire_; }

    [[nodiscard]] step shake_hands(wire_output& out) noexcept;
    /// Reads contents into `into`, 1 byte or more; `size` says how many came when it is done.
    [[nodiscard]] step read(mutable_bytes into, std::size_t& size, wire_output& out) noexcept;
    /// Bytes of contents, or of a record that is not whole yet, that lie inside of OpenSSL.
    [[nodiscard]] bool holds_bytes() const noexcept { return SSL_has_pending(ssl_.get()) == 1; }
    /// How many these are at most: OpenSSL tells nobody.
    [[nodiscard]] std::size_t max_held_bytes() const noexcept {
        return holds_bytes() ? traffic_keys::max_protected_bytes : 0;
    }
    /// Seals all of `contents`, 1 byte or more. It needs the wire when the peer is in the middle of
    /// a message of the protocol, as a KeyUpdate: then nothing is sealed before the rest is read.
    [[nodiscard]] step write(bytes contents, wire_output& out) noexcept;
    /// Says that nothing will follow. As `write`.
    [[nodiscard]] step close(wire_output& out) noexcept;

    /// Nothing is read any more; OpenSSL would keep its buffers.
    void free_buffers() noexcept { SSL_free_buffers(ssl_.get()); }

    /// What the handshake of a server has agreed on for the time after it: whole when that speaks
    /// TLS 1.3. Null for a client.
    [[nodiscard]] const traffic_secrets* secrets() const noexcept { return secrets_.get(); }
    void forget_secrets() noexcept { secrets_.reset(); }
    /// How many records it has protected with these: tickets.
    [[nodiscard]] std::uint64_t sent_records() const noexcept { return sent_records_; }

    /// Why it failed.
    [[nodiscard]] std::error_code error() const noexcept { return error_; }
    [[nodiscard]] SSL* native() const noexcept { return ssl_.get(); }

private:
    class wire_bio;

    [[nodiscard]] step judge(int result) noexcept;
    static void note_record(int is_sent, int version, int type, const void* data, std::size_t size,
                            SSL* ssl, void* engine);

    ssl_ptr ssl_;
    std::unique_ptr<traffic_secrets> secrets_;
    std::uint64_t sent_records_ = 0;
    bytes wire_;
    wire_output* out_ = nullptr;
    std::error_code error_;
};

}  // namespace weir::tls
