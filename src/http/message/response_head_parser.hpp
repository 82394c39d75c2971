// SPDX-License-Identifier: Apache-2.0
// response_head_parser: received bytes -> the head of a response. llhttp is the grammar, without
// any leniency, behind our own scan of the lines. Sources: RFC 9112 2, 4 and 11.2.
//
//   head --blank line--> complete --restart--> head
//    `--any error--> broken
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/http/message/request_parser.hpp>
#include <weir/http/message/response.hpp>

#include "head_reader.hpp"

namespace weir::http {

/// Parses heads one after another, in memory that it keeps. Immovable.
class response_head_parser {
public:
    /// @param limits  the line limit counts for the status line; a body is not read.
    explicit response_head_parser(const request_limits& limits) : limits_(limits) {}

    /// Forgets everything and waits for the next head.
    void restart() { reader_.restart(); }

    /// Takes bytes from the front of `data` until the head is complete or all are taken.
    /// @param head  what the response is put into: the same for all of a head, good when that is
    ///              complete; its body is left empty.
    /// @return      whether the head is complete.
    /// Errors:      every http::errc of a head; nothing more may be fed then.
    [[nodiscard]] result<bool> feed(bytes& data, response& head);

    /// Whether any byte of a head has been seen.
    [[nodiscard]] bool has_begun() const noexcept { return reader_.has_begun(); }

private:
    [[nodiscard]] bool is_canonical(unsigned number) const noexcept;

    request_limits limits_;
    head_reader reader_{HTTP_RESPONSE};
};

}  // namespace weir::http
