// SPDX-License-Identifier: Apache-2.0
// announced_body: what the fields of a head say about the body behind it. Whatever two parsers
// could count differently is refused. Source: RFC 9112 6.1, 6.2, 6.3, 11.2.
#pragma once

#include <weir/base/result.hpp>
#include <weir/http/message/headers.hpp>
#include <weir/http/message/request.hpp>

#include <cstdint>
#include <optional>

namespace weir::http {

/// A value.
class announced_body {
public:
    /// Errors: ambiguous_length, bad_transfer_encoding.
    [[nodiscard]] static result<announced_body> of(const headers& fields, version version);

    /// In chunks.
    bool is_chunked = false;
    /// So many bytes; nullopt = no field says so.
    std::optional<std::uint64_t> length;

private:
    announced_body() = default;
};

}  // namespace weir::http
