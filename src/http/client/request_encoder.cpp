// SPDX-License-Identifier: Apache-2.0
#include "request_encoder.hpp"

#include <weir/http/message/error.hpp>

#include <algorithm>
#include <array>

#include "http/message/response_encoder.hpp"

namespace weir::http {
namespace {

/// Methods that have a body by their meaning say so when it is empty, too.
bool is_expected_to_have_body(std::string_view method) noexcept {
    return method == "POST" || method == "PUT" || method == "PATCH";
}

}  // namespace

bool may_ask_for_coding(const client_request& asked) noexcept {
    return asked.headers().count("Accept-Encoding") == 0 && asked.headers().count("Range") == 0;
}

bool is_reserved_in_requests(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 10> reserved{
        "Connection", "Content-Length",    "Expect",          "Host", "Keep-Alive", "TE", "Trailer",
        "Upgrade",    "Transfer-Encoding", "Proxy-Connection"};
    return std::ranges::any_of(
        reserved, [name](std::string_view each) { return equal_ignoring_case(each, name); });
}

result<void> check_request(const client_request& asked) {
    if (!is_token(asked.method()) || asked.method() == "CONNECT") {
        return fail(make_error_code(errc::bad_method));
    }
    const headers& fields = asked.headers();
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (is_reserved_in_requests(fields[i].name())) {
            return fail(make_error_code(errc::reserved_header));
        }
    }
    return {};
}

void append_request_head(std::string& out, const client_request& asked, std::string_view user_agent,
                         bool asks_for_coding, bool says_expect) {
    const headers& fields = asked.headers();
    out.append(asked.method()).append(" ").append(asked.where().target()).append(" HTTP/1.1\r\n");
    append_field(out, "Host", asked.where().authority());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        append_field(out, fields[i].name(), fields[i].value());
    }
    if (!user_agent.empty() && fields.count("User-Agent") == 0) {
        append_field(out, "User-Agent", user_agent);
    }
    if (asks_for_coding) append_field(out, "Accept-Encoding", "gzip, deflate");
    const auto length = asked.body_length();
    if (!length) {
        append_framing(out, body_framing::chunked, 0);
    } else if (*length > 0 || asked.is_streamed() || is_expected_to_have_body(asked.method())) {
        append_framing(out, body_framing::counted, *length);
    }
    if (says_expect) append_field(out, "Expect", "100-continue");
    out.append("\r\n");
}

}  // namespace weir::http
