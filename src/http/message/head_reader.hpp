// SPDX-License-Identifier: Apache-2.0
// head_reader: received bytes -> the parts of a message head, whether it is a request's or a
// response's: llhttp, and in front of it our own scan of the lines.
//
//   head --blank line--> complete --restart--> head
//    `--any error--> broken
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/http/message/headers.hpp>
#include <weir/http/message/request.hpp>
#include <weir/http/message/request_parser.hpp>

#include <string_view>

#include "head_grammar.hpp"
#include "head_scanner.hpp"

namespace weir::http {

/// Reads heads one after another, in memory that it keeps. Immovable.
class head_reader {
public:
    /// @param type  HTTP_REQUEST or HTTP_RESPONSE.
    explicit head_reader(llhttp_type_t type) : grammar_(type) {}

    /// Forgets everything and waits for the next head.
    void restart();

    /// Takes bytes from the front of `data` until the head is complete or all are taken.
    /// @param fields  filled as they come, the same for all of a head; emptied before the first.
    /// @return        whether the head is complete.
    /// Errors:        every http::errc of a head; nothing more may be fed then.
    [[nodiscard]] result<bool> feed(bytes& data, const request_limits& limits, headers& fields);

    /// Whether any byte of a head has been seen.
    [[nodiscard]] bool has_begun() const noexcept { return scanner_.has_begun(); }

    /// Of a complete head; refers to what was fed last.
    [[nodiscard]] std::string_view first_line() const noexcept { return scanner_.first_line(); }
    [[nodiscard]] std::string_view method() const { return grammar_.method(); }
    [[nodiscard]] unsigned status_number() const noexcept { return grammar_.status_number(); }
    /// Errors: version_not_supported.
    [[nodiscard]] result<http::version> version() const { return grammar_.version(); }

private:
    head_scanner scanner_;
    head_grammar grammar_;
};

}  // namespace weir::http
