// SPDX-License-Identifier: Apache-2.0
// The handshake of permessage-deflate (RFC 7692 7.1), both sides, as functions of headers.
//
// A window of 8 bits is where zlib departs from the RFC: it cannot compress with one. So a server
// declines an offer that demands it of the server, and a client that is told to use one sends its
// messages uncompressed, which is always allowed. To read such a stream is no problem.
#pragma once

#include <weir/base/result.hpp>
#include <weir/http/message/headers.hpp>
#include <weir/ws/deflate/deflate_options.hpp>
#include <weir/ws/deflate/deflate_parameters.hpp>

#include <optional>
#include <string>
#include <utility>

namespace weir::ws {

/// What a server answers to an offer.
class deflate_answer {
public:
    deflate_answer(deflate_parameters parameters, std::string text)
        : parameters_(parameters), text_(std::move(text)) {}

    /// As the server sees them.
    [[nodiscard]] deflate_parameters parameters() const noexcept { return parameters_; }
    /// The value of Sec-WebSocket-Extensions.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    deflate_parameters parameters_;
    std::string text_;
};

/// The server's part: accepts the first offer that it can keep to.
/// @return  nullopt = none; the connection goes on without compression. So it does when a field is
///          malformed, or an offer has a parameter that is unknown, repeated or out of its range.
[[nodiscard]] std::optional<deflate_answer> accept_deflate(const http::headers& request,
                                                           const deflate_options& options);

/// The client's part: the value of Sec-WebSocket-Extensions.
[[nodiscard]] std::string deflate_offer(const deflate_options& options);

/// Checks the server's answer against what was offered.
/// @param offered  nullopt = nothing was.
/// @return         what was agreed on, as the client sees it; nothing, if the server declined.
/// Errors:         extension_not_offered; deflate_answer_mismatch (a parameter that is unknown,
///                 repeated, out of its range, or not what the offer allows). The connection must
///                 be failed then.
[[nodiscard]] result<deflate_parameters> check_deflate(
    const http::headers& response, const std::optional<deflate_options>& offered);

}  // namespace weir::ws
