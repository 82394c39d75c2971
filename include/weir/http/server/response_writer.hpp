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
#include <weir/http/message/headers.hpp>
#include <weir/http/message/request.hpp>
#include <weir/http/message/status.hpp>
#include <weir/http/server/prepared_response.hpp>
#include <weir/io/buffer_ring.hpp>
#include <weir/io/send_buffer.hpp>
#include <weir/net/stream_socket.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

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
    /// A whole answer that was prepared.
    ///
    /// @param answer  borrowed until this completes.
    /// Errors:        as `start`.
    /// Cancellation:  as `start`.
    [[nodiscard]] task<result<void>> respond(const prepared_response& answer);

    [[nodiscard]] bool has_begun() const noexcept { return step_ != step::none; }
    [[nodiscard]] bool is_finished() const noexcept { return step_ == step::finished; }
    /// Whether the end of the connection would pass for that of the body.
    [[nodiscard]] bool is_cut_off() const noexcept;
    /// Of an answer that has begun.
    [[nodiscard]] status code() const noexcept { return status_; }
    /// Of the body so far.
    [[nodiscard]] std::uint64_t body_bytes() const noexcept { return body_bytes_; }

private:
    friend class detail::server_connection;

    enum class step : std::uint8_t { none, body, finished, broken };

    /// Begins with the answer to a request of that version.
    void expect(version asked, bool without_body, bool goes_on) noexcept;
    /// Whether the connection goes on after it, as far as the answer is concerned.
    [[nodiscard]] bool goes_on() const noexcept { return goes_on_; }

    [[nodiscard]] bool is_bodiless() const noexcept;
    /// Puts the head into the shard's scratch text.
    /// @param is_whole  nothing of the request's body will be read after it.
    [[nodiscard]] result<void> put_head(status code, std::string_view content_type,
                                        std::optional<std::uint64_t> length, bool is_whole);
    void put_end_of_head(status code, bool is_whole);
    [[nodiscard]] bool join(bytes body);
    [[nodiscard]] net::stream_socket::send_awaiter send_joined();
    [[nodiscard]] task<result<void>> send_whole(bytes body);
    [[nodiscard]] task<result<void>> send_shared(send_buffer body);
    [[nodiscard]] result<void> count(std::size_t size) noexcept;
    template <class Data>
    [[nodiscard]] task<result<void>> write_shared(Data data);
    [[nodiscard]] result<void> noted(result<void> outcome, step next) noexcept;

    detail::server_stream& stream_;
    request_body& body_;
    http::headers fields_;
    http::headers trailers_;
    std::uint64_t body_bytes_ = 0;
    std::uint64_t length_ = 0;  // of a counted body
    status status_ = status::ok;
    version asked_ = version::http_1_1;
    body_framing framing_{};
    step step_ = step::none;
    bool is_head_ = false;
    bool goes_on_ = false;
};

}  // namespace weir::http
