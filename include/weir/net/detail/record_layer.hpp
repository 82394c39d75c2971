// SPDX-License-Identifier: Apache-2.0
// record_layer: stands between what the users of a stream socket send and receive and what goes
// over the wire: TLS, once its handshake is over. Everything built on a socket runs over it
// unchanged.
//
// It is asked, never waited for: bytes go in, bytes come out, no coroutine and no socket in it.
//
//   wire --receiver--> open --take_opened--> reader
//   writer --sender--> seal --sender::append_record--> wire      (as do answers, while opening)
//                       \--later: what is written waits; sender::go_on, while opening
//
// Where the kernel can seal (kTLS), `hand_to_kernel` leaves that to it, and only messages of the
// layers themselves still come from here: sender::append_message.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/io/buffer_ring.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>

namespace weir::net::detail {

/// Takes what a record layer has found in its records.
class opened_input {
public:
    /// @return  whether more may follow; false = whoever read is gone.
    [[nodiscard]] virtual bool take_opened(buffer_lease&& contents) noexcept = 0;

protected:
    ~opened_input() = default;
};

/// What became of contents that were to be sealed.
enum class sealing : std::uint8_t {
    done,
    later,  ///< nothing of it: the layers' own conversation comes first; `sender::go_on` says when
    never,  ///< nothing can be sent any more
};

class record_layer {
public:
    virtual ~record_layer() = default;

    /// Takes bytes from the wire and hands over what they contain.
    /// @return  whether more can follow; false = the stream has ended, for `end_error`.
    [[nodiscard]] virtual bool open(bytes wire, opened_input& to) noexcept = 0;
    /// The stream below has ended, by `error`, or orderly when that is none.
    virtual void wire_ended(std::error_code error) noexcept = 0;
    /// What a reader is told of the end; none = the peer said that it was one.
    [[nodiscard]] virtual std::error_code end_error() const noexcept = 0;

    /// Puts `contents` into records.
    [[nodiscard]] virtual sealing seal(bytes contents) noexcept = 0;
    /// Says that nothing will follow.
    [[nodiscard]] virtual sealing seal_end() noexcept = 0;

    /// Has the kernel seal what is sent over `fd` from now on. Only while nothing is queued.
    /// @return  how many records were sealed with its keys before; nullopt = it does not. `seal` is
    ///          not asked any more when it does; the other calls are.
    [[nodiscard]] virtual std::optional<std::uint64_t> hand_to_kernel(int fd) noexcept = 0;
};

}  // namespace weir::net::detail
