// SPDX-License-Identifier: Apache-2.0
// request_parser: received bytes -> requests. llhttp is the grammar, without any leniency; in
// front of it our own scan of the lines enforces the limits exactly, whatever the split of the
// bytes, and refuses every line ending that two parsers could read differently (request
// smuggling). Sources: RFC 9112 2-7 and 11.2.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/http/message/error.hpp>
#include <weir/http/message/request.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace weir::http {

/// What one request may cost; a value.
class request_limits {
public:
    request_limits() noexcept {}

    /// The request line with its CRLF: default 8 KiB. Passing it: 414.
    request_limits& max_request_line_bytes(std::size_t value) noexcept {
        max_request_line_bytes_ = value;
        return *this;
    }
    /// All header lines with their CRLFs: default 16 KiB. Passing it: 431.
    request_limits& max_headers_bytes(std::size_t value) noexcept {
        max_headers_bytes_ = value;
        return *this;
    }
    /// Header lines: default 100. Passing it: 431.
    request_limits& max_header_count(std::size_t value) noexcept {
        max_header_count_ = value;
        return *this;
    }
    /// Body bytes: default 0, a body is refused. Passing it: 413, at the announcement if there is.
    request_limits& max_body_bytes(std::size_t value) noexcept {
        max_body_bytes_ = value;
        return *this;
    }
    /// Chunk extensions of a whole body: default 4 KiB. Passing it: 413.
    request_limits& max_chunk_extension_bytes(std::size_t value) noexcept {
        max_chunk_extension_bytes_ = value;
        return *this;
    }
    /// Trailer lines without their CRLFs: default 8 KiB. Passing it: 431.
    request_limits& max_trailer_bytes(std::size_t value) noexcept {
        max_trailer_bytes_ = value;
        return *this;
    }

    [[nodiscard]] std::size_t max_request_line_bytes() const noexcept {
        return max_request_line_bytes_;
    }
    [[nodiscard]] std::size_t max_headers_bytes() const noexcept { return max_headers_bytes_; }
    [[nodiscard]] std::size_t max_header_count() const noexcept { return max_header_count_; }
    [[nodiscard]] std::size_t max_body_bytes() const noexcept { return max_body_bytes_; }
    [[nodiscard]] std::size_t max_chunk_extension_bytes() const noexcept {
        return max_chunk_extension_bytes_;
    }
    [[nodiscard]] std::size_t max_trailer_bytes() const noexcept { return max_trailer_bytes_; }

private:
    std::size_t max_request_line_bytes_ = std::size_t{8} << 10U;
    std::size_t max_headers_bytes_ = std::size_t{16} << 10U;
    std::size_t max_header_count_ = 100;
    std::size_t max_body_bytes_ = 0;
    std::size_t max_chunk_extension_bytes_ = std::size_t{4} << 10U;
    std::size_t max_trailer_bytes_ = std::size_t{8} << 10U;
};

/// What the shell does next.
enum class parse_action : std::uint8_t {
    need_data,  ///< receive more
    complete,   ///< `take()` the message; what is left of the data belongs to the next one
    upgrade,    ///< `take()` it; what is left of the data belongs to the protocol it asks for
};

/// Parses the requests of one connection, one after another. Moves, does not copy.
///
/// ```cpp
/// weir::http::request_parser parser(weir::http::request_limits{});
/// auto action = parser.feed(data);
/// if (!action) return refuse(status_for(action.error()));
/// if (*action == weir::http::parse_action::complete) answer(parser.take());
/// ```
class request_parser {
public:
    explicit request_parser(const request_limits& limits);
    request_parser(request_parser&&) noexcept;
    request_parser& operator=(request_parser&&) noexcept;
    ~request_parser();

    /// Takes bytes from the front of `data` until one request is complete or all are taken.
    /// After `upgrade`, or a request that does not keep the connection alive, nothing more may be
    /// fed: what follows is not HTTP, or is to be ignored.
    /// Errors:    every http::errc; the connection is unusable then and the same error is given
    ///            again. Answer `status_for` it with `Connection: close`.
    /// Allocates: the request's own text.
    [[nodiscard]] result<parse_action> feed(bytes& data);

    /// Moves the request out. Only after `complete` or `upgrade`, once.
    [[nodiscard]] request take();

    /// Whether a request has begun and is not complete: an end of the stream is an error then.
    [[nodiscard]] bool is_mid_request() const noexcept;

private:
    struct state;
    std::unique_ptr<state> state_;
};

static_assert(!std::is_aggregate_v<request_limits>);

}  // namespace weir::http
