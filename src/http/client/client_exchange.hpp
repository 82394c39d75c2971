// SPDX-License-Identifier: Apache-2.0
// client_exchange: one request's way over a connection, as far as its response tells: heads, the
// framing of the body, and whether the connection is good for another request. Sources: RFC
// 9112 6.3, 8, 9.3; RFC 9110 15.2 (1xx).
//
//   head --1xx--> head                       at most max_interim_responses of them
//    | `--2xx ... 5xx--> body --its end--> complete     of an uncounted one: the end of the stream
//    |      `--there is none--> complete
//   any --an error, an end in the middle--> broken
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/http/message/detail/body_reader.hpp>
#include <weir/http/message/headers.hpp>
#include <weir/http/message/response.hpp>

#include <cstdint>
#include <optional>
#include <system_error>

#include "http/message/response_head_parser.hpp"

namespace weir::http {

/// What the shell does next.
enum class exchange_action : std::uint8_t {
    receive,   ///< more bytes
    proceed,   ///< the server waits for the body: send it; then feed what is left
    head,      ///< `head()` is that of the final response; then feed what is left
    body,      ///< `piece()` is the next part of its body; then feed what is left
    complete,  ///< nothing: what is left was not asked for
};

/// Exchanges of one connection, one after another, in memory that is kept. Immovable.
class client_exchange {
public:
    /// @param limits  of each head, of chunk extensions and trailers; the body has none here.
    explicit client_exchange(request_limits limits, unsigned max_interim_responses)
        : limits_(limits.max_body_bytes(SIZE_MAX)),
          parser_(limits_),
          max_interim_(max_interim_responses) {}

    /// A request is about to be sent.
    /// @param is_head  its method is HEAD.
    void begin(bool is_head);
    /// All of the request has been sent.
    void request_sent() noexcept { is_request_sent_ = true; }

    /// Takes bytes off the front of `data` up to the next action.
    /// Errors:  every errc of a response's head and body; client_errc:
    ///          too_many_interim_responses, unexpected_upgrade. Again and again then.
    [[nodiscard]] result<exchange_action> feed(bytes& data);
    /// The server has ended the stream, in order.
    /// Errors:  connection_aborted (before any byte of a response), errc::ended_early.
    [[nodiscard]] result<exchange_action> end_of_stream();

    /// Whether any byte of a response has come.
    [[nodiscard]] bool has_response() const noexcept { return interim_ > 0 || parser_.has_begun(); }
    [[nodiscard]] bool is_complete() const noexcept { return step_ == step::complete; }
    /// Whether the connection may carry another exchange, if nothing follows this one.
    [[nodiscard]] bool is_reusable() const noexcept {
        return is_complete() && is_request_sent_ && keeps_alive_;
    }
    /// Of the final response, once it has come.
    [[nodiscard]] response& head() noexcept { return head_; }
    [[nodiscard]] const response& head() const noexcept { return head_; }
    /// The body's length as it is sent; nullopt = not told.
    [[nodiscard]] std::optional<std::uint64_t> body_length() const noexcept { return length_; }
    [[nodiscard]] bytes piece() const noexcept { return piece_; }
    /// Those behind a chunked body that is complete.
    [[nodiscard]] const headers& trailers() const noexcept { return reader_.trailers(); }

private:
    enum class step : std::uint8_t { head, body, complete, broken };

    [[nodiscard]] result<exchange_action> feed_head(bytes& data);
    [[nodiscard]] result<void> take_interim();
    [[nodiscard]] result<exchange_action> take_final();
    [[nodiscard]] result<exchange_action> feed_body(bytes& data);
    [[nodiscard]] unexpected<std::error_code> broken_by(std::error_code why) noexcept;

    request_limits limits_;
    response_head_parser parser_;
    response head_;
    detail::body_reader reader_;
    bytes piece_;
    std::optional<std::uint64_t> length_;
    std::error_code error_;
    unsigned max_interim_;
    unsigned interim_ = 0;
    step step_ = step::complete;
    bool is_head_ = false;
    bool is_until_close_ = false;
    bool keeps_alive_ = false;
    bool is_request_sent_ = false;
};

}  // namespace weir::http
