// SPDX-License-Identifier: Apache-2.0
#include "request_head_parser.hpp"

#include <weir/http/message/error.hpp>

#include <algorithm>
#include <string_view>

#include "announced_body.hpp"
#include "character_set.hpp"

namespace weir::http {

result<bool> request_head_parser::feed(bytes& data, request& head) {
    const auto is_complete = reader_.feed(data, limits_, head.headers());
    if (!is_complete || !*is_complete) return is_complete;
    if (auto fine = finish(head); !fine) return fail(fine.error());
    return true;
}

namespace {

constexpr character_set host_chars(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~!$&'()*+;=%:[]");

/// Whether it can be a host with or without a port, or nothing (RFC 9110 7.2). A comma is a part
/// of no name that is used, but of two fields that somebody has joined.
bool is_host(std::string_view value) noexcept {
    return std::all_of(value.begin(), value.end(), [](char c) { return host_chars.contains(c); });
}

/// llhttp also speaks RTSP and ICE and skips blanks; only the canonical line is HTTP here.
result<std::string_view> target_of(std::string_view line, std::string_view method,
                                   version version) {
    const std::string_view end = version == version::http_1_1 ? " HTTP/1.1" : " HTTP/1.0";
    const std::string_view begin = line.substr(0, method.size());
    const bool is_canonical = begin == method && line.size() > begin.size() + end.size() &&
                              line[begin.size()] == ' ' && line.ends_with(end);
    if (!is_canonical) return fail(make_error_code(errc::malformed));
    line.remove_prefix(begin.size() + 1);
    line.remove_suffix(end.size());
    const auto is_visible = [](char c) { return c > 0x20 && c < 0x7F; };
    if (line.empty() || !std::all_of(line.begin(), line.end(), is_visible)) {
        return fail(make_error_code(errc::bad_target));
    }
    return line;
}

}  // namespace

result<void> request_head_parser::finish(request& head) {
    const auto version = reader_.version();
    if (!version) return fail(version.error());
    const auto target = target_of(reader_.first_line(), reader_.method(), *version);
    if (!target) return fail(target.error());
    head.begin(reader_.method(), *target, *version);
    const std::size_t hosts = head.headers().count("Host");
    if (hosts > 1 || (hosts == 0 && *version == version::http_1_1)) {
        return fail(make_error_code(errc::host_missing_or_repeated));
    }
    if (const auto host = head.headers().find("Host"); host && !is_host(*host)) {
        return fail(make_error_code(errc::bad_header_value));
    }
    return choose_body(head);
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
