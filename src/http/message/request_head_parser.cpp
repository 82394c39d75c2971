// SPDX-License-Identifier: Apache-2.0
#include "request_head_parser.hpp"

#include <weir/http/message/error.hpp>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

#include "announced_body.hpp"

namespace weir::http {

void request_head_parser::restart() {
    scanner_.restart();
    grammar_.restart();
}

result<bool> request_head_parser::feed(bytes& data, request& head) {
    const std::size_t taken = scanner_.scan(data, limits_);
    // Whoever refuses the earlier byte is right, so that the error is the same in every split.
    if (auto fine = grammar_.feed(data.first(taken)); !fine) return fail(fine.error());
    if (scanner_.error()) return fail(scanner_.error());
    data = data.subspan(taken);
    if (grammar_.is_complete() != scanner_.is_complete()) {
        return fail(make_error_code(errc::malformed));
    }
    if (!scanner_.is_complete()) return false;
    if (auto fine = finish(head); !fine) return fail(fine.error());
    return true;
}

namespace {

/// Whether it can be a host with or without a port, or nothing (RFC 9110 7.2). A comma is a part
/// of no name that is used, but of two fields that somebody has joined.
bool is_host(std::string_view value) noexcept {
    constexpr std::string_view marks = "-._~!$&'()*+;=%:[]";
    return std::all_of(value.begin(), value.end(), [marks](unsigned char c) {
        return std::isalnum(c) != 0 || marks.find(static_cast<char>(c)) != marks.npos;
    });
}

}  // namespace

result<void> request_head_parser::finish(request& head) {
    const auto version = grammar_.version();
    if (!version) return fail(version.error());
    const auto is_visible = [](char c) { return c > 0x20 && c < 0x7F; };
    if (!std::all_of(grammar_.target().begin(), grammar_.target().end(), is_visible)) {
        return fail(make_error_code(errc::bad_target));
    }
    if (!is_canonical(*version)) return fail(make_error_code(errc::malformed));

    head.restart(grammar_.method(), grammar_.target(), *version);
    std::swap(head.headers(), grammar_.headers());
    const std::size_t hosts = head.headers().count("Host");
    if (hosts > 1 || (hosts == 0 && *version == version::http_1_1)) {
        return fail(make_error_code(errc::host_missing_or_repeated));
    }
    if (const auto host = head.headers().find("Host"); host && !is_host(*host)) {
        return fail(make_error_code(errc::bad_header_value));
    }
    return choose_body(head);
}

/// llhttp also speaks RTSP and ICE and skips blanks; only the canonical line is HTTP here.
bool request_head_parser::is_canonical(http::version version) noexcept {
    std::string_view line = scanner_.first_line();
    const auto begins_with = [&line](std::string_view part) {
        if (!line.starts_with(part)) return false;
        line.remove_prefix(part.size());
        return true;
    };
    return begins_with(grammar_.method()) && begins_with(" ") && begins_with(grammar_.target()) &&
           line == (version == version::http_1_1 ? " HTTP/1.1" : " HTTP/1.0");
}

/// Decides how the body is counted.
result<void> request_head_parser::choose_body(const request& head) {
    const auto announced = announced_body::of(head.headers(), head.version());
    if (!announced) return fail(announced.error());
    if (announced->is_chunked) {
        length_.reset();
        if (limits_.max_body_bytes() == 0) return fail(make_error_code(errc::body_over_limit));
        return {};
    }
    length_ = announced->length.value_or(0);
    if (*length_ > limits_.max_body_bytes()) return fail(make_error_code(errc::body_over_limit));
    return {};
}

}  // namespace weir::http
