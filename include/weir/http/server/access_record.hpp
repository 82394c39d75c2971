// SPDX-License-Identifier: Apache-2.0
// access_record: what became of one request, for a log.
#pragma once

#include <weir/http/message/status.hpp>
#include <weir/net/endpoint.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace weir::http {

/// One request and its answer. The views are valid during the call that it is given to.
class access_record {
public:
    explicit access_record(const net::endpoint& from) noexcept : peer(from) {}

    const net::endpoint& peer;     ///< as exchange::client; unspecified where nobody tells
    std::string_view method;       ///< empty for a request that could not be read
    std::string_view target;       ///< as sent; empty as above
    http::status status{};         ///< 0 = it got no answer; 101 = its connection was handed over
    std::uint64_t body_bytes = 0;  ///< of the answer, without its framing
    std::chrono::nanoseconds duration{};  ///< from the whole head to the end of the answer
    std::error_code error;                ///< why it was refused, or how its handler failed
    std::string_view what;                ///< of the exception that the handler ended in
};

/// `text` for a line of a log: at most `max_bytes` bytes, then "...", and whatever could forge a
/// line or steer a terminal, as well as quotes and backslashes, as \xNN.
[[nodiscard]] std::string escaped(std::string_view text, std::size_t max_bytes);

/// The record in a line, without its end:
/// `127.0.0.1:5 "GET /x" 404 12 350us "not found"`; the error only where there is one.
[[nodiscard]] std::string to_line(const access_record& record);

}  // namespace weir::http
