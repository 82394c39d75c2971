// SPDX-License-Identifier: Apache-2.0
// response_writer: an answer whose body is sent piece by piece: in chunks where its length is not
// known, by closing the connection where the peer speaks HTTP/1.0.
//
//   none --start--> body --finish--> finished
//    `--respond--------------------->--^
//   any --the peer does not take it, or the length is wrong--> broken
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/coro/task.hpp>
#include <weir/http/files/byte_ranges.hpp>
#include <weir/http/message/headers.hpp>
#include <weir/http/message/request.hpp>
#include <weir/http/message/status.hpp>
#include <weir/http/server/detail/encoder_lease.hpp>
#include <weir/http/server/prepared_response.hpp>
#include <weir/io/buffer_ring.hpp>
#include <weir/io/send_buffer.hpp>
#include <weir/net/stream_socket.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir {
class file;
}  // namespace weir

namespace weir::http {

class request_body;
enum class body_framing : std::uint8_t;

namespace detail {
class server_connection;
class server_stream;
}  // namespace detail

/// The answer of one exchange. Every write waits while the peer is slow, up to `send_timeout`.
/// The answer to HEAD, and those whose status has no body, may be written like any other: their
/// body is left out.
///
/// It belongs to one task at a time: the next call is made when the one before has completed, since
/// the pieces of a body have an order. Reading the request's body meanwhile is fine. Where the
/// server has a `compression`, the body is packed if that is agreed and worth it, whichever way it
/// is given, but for a `prepared_response`.
///
/// ```cpp
/// weir::http::response_writer& answer = exchange.answer();
/// co_await weir::ok(answer.start(weir::http::status::ok, "text/plain"));
/// for (const auto& line : lines) co_await weir::ok(answer.write(weir::as_bytes(line)));
/// co_return co_await answer.finish();
/// ```
class response_writer {
public:
    explicit response_writer(detail::server_stream& to, request_body& body) noexcept;
    response_writer(const response_writer&) = delete;
    response_writer& operator=(const response_writer&) = delete;

    /// Fields that the head will have; none of those that the server writes itself.
    [[nodiscard]] http::headers& headers() noexcept { return fields_; }
    /// Fields behind the body; sent if that is chunked.
    [[nodiscard]] http::headers& trailers() noexcept { return trailers_; }
    /// Ends the connection after this answer. Before it has begun.
    void close_after() noexcept { goes_on_ = false; }

    /// Sends the head.
    ///
    /// @param code          200 ... 599.
    /// @param content_type  empty = no such field.
    /// @param length        of the body, if it is known.
    /// Errors:              reserved_header, bad_header_value (nothing was sent); peer_not_reading;
    ///                      those of the socket; operation_canceled.
    /// Cancellation:        the answer is broken and the connection ends.
    [[nodiscard]] task<result<void>> start(status code, std::string_view content_type,
                                           std::optional<std::uint64_t> length = std::nullopt);

    /// Sends a copy of `data` as the next piece of the body. Empty: nothing.
    ///
    /// Errors:        length_mismatch; peer_not_reading; those of the socket; operation_canceled.
    /// Cancellation:  as `start`.
    [[nodiscard]] task<result<void>> write(bytes data);
    /// The same without a copy, of bytes that were received.
    ///
    /// Errors:        as above.
    /// Cancellation:  as above.
    [[nodiscard]] task<result<void>> write(buffer_lease data);
    /// The same without a copy, of shared bytes.
    ///
    /// Errors:        as above.
    /// Cancellation:  as above.
    [[nodiscard]] task<result<void>> write(send_buffer data);

    /// A part of a file, sent by the kernel where it can: from the page cache, or through one of
    /// the server's few buffers. A slow peer holds none of the file in memory, and under TLS 64
    /// KiB.
    ///
    /// @param from    borrowed until this completes.
    /// Errors:        length_mismatch also where the file has become shorter than the part; those
    ///                of reading; and as above.
    /// Cancellation:  as `start`.
    /// Source:        sendfile(2), io_uring_prep_read(3).
    [[nodiscard]] task<result<void>> write(const file& from, byte_range part);

    /// Lets the peer read everything that was written: a body that is packed waits for more
    /// otherwise, at the end of an event for example. Each flush costs some bytes.
    ///
    /// Errors:        as `write`.
    /// Cancellation:  as `start`.
    [[nodiscard]] task<result<void>> flush();

    /// Waits until the system has taken everything that was written.
    ///
    /// Errors:        as `write`.
    /// Cancellation:  ends the wait; nothing is lost.
    [[nodiscard]] task<result<void>> all_sent();

    /// Ends the body. A handler that ends in success without it has done so.
    ///
    /// Errors:        length_mismatch, and as `write`.
    /// Cancellation:  as `start`.
    [[nodiscard]] task<result<void>> finish();

    /// A whole answer at once, copied.
    ///
    /// Errors:        as `start`.
    /// Cancellation:  as `start`.
    /// Allocates:     a pooled frame.
    [[nodiscard]] task<result<void>> respond(status code, std::string_view content_type,
                                             bytes body);
    /// A whole answer whose body is shared.
    ///
    /// Errors:        as `start`.
    /// Cancellation:  as `start`.
    [[nodiscard]] task<result<void>> respond(status code, std::string_view content_type,
                                             send_buffer body);
    /// A whole answer whose body is a part of a file; a short one is read and sent with its head.
    ///
    /// @param from    borrowed until this completes.
    /// Errors:        as `start`, and as `write` of a file.
    /// Cancellation:  as `start`.
    [[nodiscard]] task<result<void>> respond(status code, std::string_view content_type,
                                             const file& from, byte_range part);
    /// A whole answer that was prepared.
    ///
    /// @param answer  borrowed until this completes.
    /// Errors:        as `start`.
    /// Cancellation:  as `start`.
    [[nodiscard]] task<result<void>> respond(const prepared_response& answer);

    /// Bytes that were written and that the system has not taken yet.
    [[nodiscard]] std::size_t queued_bytes() const noexcept;
    [[nodiscard]] bool has_begun() const noexcept { return step_ != step::none; }
    [[nodiscard]] bool is_finished() const noexcept { return step_ == step::finished; }
    /// Whether the end of the connection would pass for that of the body.
    [[nodiscard]] bool is_cut_off() const noexcept;
    /// Of an answer that has begun.
    [[nodiscard]] status code() const noexcept { return status_; }
    /// Of the body so far, as sent.
    [[nodiscard]] std::uint64_t body_bytes() const noexcept { return body_bytes_; }

private:
    friend class detail::server_connection;

    enum class step : std::uint8_t { none, body, finished, broken };

    /// Begins with the answer to a request of that version.
    /// @param head  of the request, which stays; null = it could not be read.
    void expect(const request* head, version asked, bool without_body, bool goes_on) noexcept;
    /// Whether the connection goes on after it, as far as the answer is concerned.
    [[nodiscard]] bool goes_on() const noexcept { return goes_on_; }

    [[nodiscard]] bool is_bodiless() const noexcept;
    /// Decides whether the body is packed; the fields say so then, with `content_type` among them.
    void choose_coding(status code, std::string_view& content_type,
                       std::optional<std::uint64_t> length);
    [[nodiscard]] bool is_long_to_pack(bytes body) const noexcept;
    [[nodiscard]] task<result<void>> respond_packed(status code, std::string_view content_type,
                                                    bytes body);
    /// All of `body`, packed into `out` if that was decided.
    [[nodiscard]] bytes packed_whole(bytes body, std::string& out);
    /// Puts the head into the shard's scratch text.
    /// @param is_whole  nothing of the request's body will be read after it.
    [[nodiscard]] result<void> put_head(status code, std::string_view content_type,
                                        std::optional<std::uint64_t> length, bool is_whole);
    void put_end_of_head(status code, bool is_whole);
    [[nodiscard]] bool join(bytes body);
    [[nodiscard]] net::stream_socket::send_awaiter send_joined();
    [[nodiscard]] task<result<void>> send_whole(bytes body);
    [[nodiscard]] task<result<void>> send_shared(send_buffer body);
    [[nodiscard]] task<result<void>> respond_joined(status code, std::string_view content_type,
                                                    const file& from, byte_range part);
    /// Counts bytes of the body as it was given; an error if there are more than were told.
    [[nodiscard]] result<void> count(std::uint64_t size) noexcept;
    /// Sends a piece of the body as it goes over the wire.
    [[nodiscard]] task<result<void>> send_piece(bytes data);
    [[nodiscard]] task<result<void>> write_read(const file& from, byte_range part);
    template <class Data>
    [[nodiscard]] task<result<void>> write_shared(Data data);
    [[nodiscard]] result<void> noted(result<void> outcome, step next) noexcept;

    detail::server_stream& stream_;
    request_body& body_;
    http::headers fields_;
    http::headers trailers_;
    const request* asked_for_ = nullptr;
    detail::encoder_lease encoder_;
    std::uint64_t body_bytes_ = 0;         // as sent
    std::uint64_t given_bytes_ = 0;        // as written, before they are packed
    std::optional<std::uint64_t> length_;  // of what will be given
    status status_ = status::ok;
    version asked_ = version::http_1_1;
    body_framing framing_{};
    step step_ = step::none;
    bool is_head_ = false;
    bool goes_on_ = false;
};

}  // namespace weir::http
