// SPDX-License-Identifier: Apache-2.0
// response_parser: received bytes -> the head of one response, for handshakes of clients: status
// line and headers. What follows the head is left where it is. llhttp is the grammar, without any
// leniency, behind the same scan of the lines as in request_parser. Source: RFC 9112 4.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/http/message/error.hpp>
#include <weir/http/message/request_parser.hpp>
#include <weir/http/message/response.hpp>

#include <memory>

namespace weir::http {

/// Parses the head of one response. Moves, does not copy.
class response_parser {
public:
    /// @param limits  the line limit counts for the status line; a body is not read.
    explicit response_parser(const request_limits& limits = request_limits());
    response_parser(response_parser&&) noexcept;
    response_parser& operator=(response_parser&&) noexcept;
    ~response_parser();

    /// Takes bytes from the front of `data` until the head is complete or all are taken. Gives
    /// `upgrade` for status 101, `complete` for any other; then nothing more may be fed.
    /// Errors:    every http::errc; the connection is unusable then and the same error is given
    ///            again.
    /// Allocates: the response's own text.
    [[nodiscard]] result<parse_action> feed(bytes& data);

    /// Moves the response out. Only after `complete` or `upgrade`, once. Its body is empty.
    [[nodiscard]] response take();

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace weir::http
