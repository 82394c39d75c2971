// SPDX-License-Identifier: Apache-2.0
// file_transfer: a part of a file on its way to a peer, by the shortest way that there is.
//
//   page cache --sendfile--> socket           a large part that is in memory, without TLS or where
//                                             the kernel seals its records (kTLS)
//   file --read--> piece --> socket           any other; what the socket does not take at once is
//                                             read again when it has room
//   file --read--> piece --seal--> records    under TLS: one piece a peer waits in its records
//
// So a slow peer holds no memory but that of its socket, and under TLS 64 KiB. The loop has a turn
// after each piece. Why not splice(2) through a pipe: in a ring it always takes a worker thread,
// 10 ... 60 us a piece, and keeps that for as long as the peer is slow (src/README.md).
#pragma once

#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/files/byte_ranges.hpp>
#include <weir/io/file.hpp>

#include <cstddef>
#include <cstdint>

#include "server_stream.hpp"

namespace weir::http::detail {

/// One part of one file. Nobody else writes to the stream meanwhile.
class file_transfer {
public:
    /// Parts from this size on leave by sendfile(2).
    static constexpr std::size_t direct_bytes = std::size_t{32} << 10U;

    explicit file_transfer(server_stream& to, const file& from, const byte_range& part) noexcept
        : stream_(to), file_(from), offset_(part.first()), left_(part.size()) {}
    file_transfer(const file_transfer&) = delete;
    file_transfer& operator=(const file_transfer&) = delete;

    /// Sends all of it.
    ///
    /// Errors:        length_mismatch (the file has become shorter); peer_not_reading; those of
    ///                reading and of the socket; operation_canceled.
    /// Cancellation:  what was sent is sent; the stream is only good for closing.
    /// Allocates:     a piece, while fewer than 16 are there.
    [[nodiscard]] task<result<void>> run();
    [[nodiscard]] std::uint64_t sent_bytes() const noexcept { return sent_; }

private:
    [[nodiscard]] task<result<void>> wait_for_room();
    [[nodiscard]] task<result<std::size_t>> send_some();
    /// Bytes sent, or a negative errno value, as kernel::send_file_now.
    [[nodiscard]] int send_directly() const noexcept;
    /// What a direct call has sent; 0 when the socket is full.
    [[nodiscard]] result<std::size_t> note_sent(int sent) noexcept;
    [[nodiscard]] task<result<std::size_t>> read_and_send();

    server_stream& stream_;
    const file& file_;
    std::uint64_t offset_;
    std::uint64_t left_;
    std::uint64_t sent_ = 0;
    bool has_begun_ = false;
};

}  // namespace weir::http::detail
