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

#include "openssl.hpp"

#include <weir/base/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <system_error>

namespace weir::tls {

/// Takes what an engine puts on the wire.
class wire_output {
public:
    /// The next `size` bytes of the wire, to be filled in at once.
    [[nodiscard]] virtual mutable_bytes append(std::size_t size) = 0;

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
    };

    explicit engine(ssl_ptr ssl);
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;
    ~engine() = default;

    /// Gives the next bytes of the wire: they are borrowed until `unread_wire` is empty.
    void feed(bytes wire) noexcept { wire_ = wire; }
    [[nodiscard]] bytes unread_wire() const noexcept { return wire_; }

    [[nodiscard]] step shake_hands(wire_output& out) noexcept;
    /// Reads contents into `into`, 1 byte or more; `size` says how many came when it is done.
    [[nodiscard]] step read(mutable_bytes into, std::size_t& size, wire_output& out) noexcept;
    /// Bytes of contents, or of a record that is not whole yet, that lie inside of OpenSSL.
    [[nodiscard]] bool holds_bytes() const noexcept { return SSL_has_pending(ssl_.get()) == 1; }
    /// Seals all of `contents`, 1 byte or more. It needs the wire when the peer is in the middle of
    /// a message of the protocol, as a KeyUpdate: then nothing is sealed before the rest is read.
    [[nodiscard]] step write(bytes contents, wire_output& out) noexcept;
    /// Says that nothing will follow. As `write`.
    [[nodiscard]] step close(wire_output& out) noexcept;

    /// Why it failed.
    [[nodiscard]] std::error_code error() const noexcept { return error_; }
    [[nodiscard]] SSL* native() const noexcept { return ssl_.get(); }

private:
    class wire_bio;

    [[nodiscard]] step judge(int result) noexcept;

    ssl_ptr ssl_;
    bytes wire_;
    wire_output* out_ = nullptr;
    std::error_code error_;
};

}  // namespace weir::tls
