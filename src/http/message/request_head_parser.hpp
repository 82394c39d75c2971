// SPDX-License-Identifier: Apache-2.0
// request_head_parser: received bytes -> the head of a request, and how the body behind it is
// counted. Whatever two parsers could read or count differently is refused. Sources: RFC 9112 2, 3,
// 6 and 11.2.
//
//   head --blank line--> complete --restart--> head
//    `--any error--> broken
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/http/message/detail/body_reader.hpp>
#include <weir/http/message/request.hpp>
#include <weir/http/message/request_parser.hpp>

#include <cstdint>
#include <optional>

#include "head_reader.hpp"

namespace weir::http {

/// Parses heads one after another, in memory that it keeps. Immovable.
class request_head_parser {
public:
    explicit request_head_parser(const request_limits& limits) : limits_(limits) {}

    /// Forgets everything and waits for the next head.
    void restart() { reader_.restart(); }

    /// Takes bytes from the front of `data` until the head is complete or all are taken.
    /// @param head  what the request is put into: the same for all of a head, good when that is
    ///              complete; its body is left empty.
    /// @return      whether the head is complete.
    /// Errors:      every http::errc of a head; nothing more may be fed then.
    [[nodiscard]] result<bool> feed(bytes& data, request& head);

    /// Whether any byte of a head has been seen.
    [[nodiscard]] bool has_begun() const noexcept { return reader_.has_begun(); }
    /// The length of the body behind the complete head; nullopt = it comes in chunks.
    [[nodiscard]] std::optional<std::uint64_t> body_length() const noexcept { return length_; }
    /// Has `reader` wait for the body behind the complete head.
    void expect_body(detail::body_reader& reader) const noexcept {
        length_ ? reader.expect(*length_) : reader.expect_chunks(limits_);
    }

private:
    result<void> finish(request& head);
    result<void> choose_body(const request& head);

    request_limits limits_;
    head_reader reader_{HTTP_REQUEST};
    std::optional<std::uint64_t> length_;
};

}  // namespace weir::http
