// SPDX-License-Identifier: Apache-2.0
// head_scanner: walks the raw bytes of a message head before llhttp sees them. It finds the blank
// line, counts against the limits byte by byte (so that a limit falls at the same byte whatever
// the split, and padding that llhttp skips silently is counted), and refuses what parsers disagree
// about: bare CR, bare LF, NUL and folded lines. Sources: RFC 9112 2.2, 5.2, 11.2.
//
//   before_head --other byte--> first_line --CRLF--> line_start --other byte--> in_line
//        |CRLF: once                                    ^  |CRLF                   |CRLF
//        `----'                                         |  v                       |
//                                                       | complete                 |
//                                                       `--------------------------'
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/http/message/request_parser.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "gathered_text.hpp"

namespace weir::http {

/// Scans one head.
class head_scanner {
public:
    /// Forgets everything and waits for the next head.
    void restart() noexcept;

    /// Looks at the front of `data`, up to the end of the head or the first byte that is refused.
    /// @return  how many bytes of `data` belong to the head and are fine.
    [[nodiscard]] std::size_t scan(bytes data, const request_limits& limits);

    /// Why the byte behind those that `scan` returned was refused; none = it was not.
    [[nodiscard]] const std::error_code& error() const noexcept { return error_; }

    [[nodiscard]] bool is_complete() const noexcept { return place_ == place::complete; }
    /// Whether any byte of the head itself has been seen.
    [[nodiscard]] bool has_begun() const noexcept { return place_ != place::before_head; }
    /// The first line without its CRLF; refers to what was scanned last.
    [[nodiscard]] std::string_view first_line() const noexcept { return first_line_.view(); }
    /// The bytes that were scanned go away before the head is complete.
    void keep() { first_line_.keep(); }

private:
    enum class place : std::uint8_t { before_head, first_line, line_start, in_line, complete };

    [[nodiscard]] std::size_t take_line(bytes data, const request_limits& limits);
    result<void> take(bytes data, const request_limits& limits);
    result<void> end_line(const request_limits& limits);

    gathered_text first_line_;
    std::error_code error_;
    std::size_t first_line_bytes_ = 0;
    std::size_t headers_bytes_ = 0;
    std::size_t header_count_ = 0;
    place place_ = place::before_head;
    bool after_cr_ = false;
    bool skipped_blank_line_ = false;
};

}  // namespace weir::http
