// SPDX-License-Identifier: Apache-2.0
// proxy_header: what a proxy says about a connection before its first byte, in either version of
// the PROXY protocol. Source: The PROXY protocol, versions 1 and 2 (haproxy, proxy-protocol.txt,
// 2020-03-05), 2.1, 2.2.
//
// Anybody can say anything in it: expect it only where none but proxies can connect, and there
// always. A connection that may have one or not lets its peer choose who it is.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/net/endpoint.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

namespace weir::net {

/// Who talks to whom; a value.
class proxy_header {
public:
    /// The proxy speaks for itself, or does not know: the addresses are those of the connection.
    proxy_header() noexcept = default;
    /// Both of the same family (asserted).
    proxy_header(const endpoint& source, const endpoint& destination) noexcept;

    /// The client; nullopt = take the peer of the connection.
    [[nodiscard]] const std::optional<endpoint>& source() const noexcept { return source_; }
    /// Where the client connected to; nullopt = take the own end of the connection.
    [[nodiscard]] const std::optional<endpoint>& destination() const noexcept {
        return destination_;
    }

private:
    std::optional<endpoint> source_;
    std::optional<endpoint> destination_;
};

/// As a line of text. Unix sockets are unknown there.
[[nodiscard]] std::string serialize_v1(const proxy_header& header);
/// In binary, with a checksum.
[[nodiscard]] std::string serialize_v2(const proxy_header& header);

/// What the reader of a header does next.
enum class proxy_action : std::uint8_t {
    need_data,  ///< receive more
    complete,   ///< what is left of the data is the first of the connection itself
};

/// Reads the header at the beginning of a connection, of either version. Additional values (TLVs)
/// are checked for their lengths and left out; a checksum must be right.
class proxy_header_parser {
public:
    static constexpr std::size_t default_max_bytes = 4096;

    /// @param max_bytes  of a header of version 2; one of version 1 has 107 at most.
    explicit proxy_header_parser(std::size_t max_bytes = default_max_bytes) noexcept
        : max_bytes_(max_bytes) {}

    /// Takes bytes off the front of `data` until the header is complete or all are taken.
    /// Errors:  bad_message (no such header, or a malformed one), message_size (longer than
    ///          allowed); again and again then. Close the connection without an answer.
    [[nodiscard]] result<proxy_action> feed(bytes& data);

    /// After `complete`.
    [[nodiscard]] const proxy_header& header() const noexcept { return header_; }

private:
    enum class step : std::uint8_t { start, line, fixed, addresses, complete };

    [[nodiscard]] std::error_code take(char c);
    [[nodiscard]] std::error_code take_start();
    [[nodiscard]] std::error_code take_line();
    [[nodiscard]] std::error_code take_fixed();
    [[nodiscard]] std::error_code take_addresses();

    std::size_t max_bytes_;
    std::size_t size_ = 0;  // of the whole header, once it is known
    std::string text_;
    proxy_header header_;
    std::error_code error_;
    step step_ = step::start;
};

}  // namespace weir::net
