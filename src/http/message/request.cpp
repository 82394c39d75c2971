// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/request.hpp>

#include <weir/http/message/error.hpp>

#include <algorithm>

namespace weir::http {

void request::begin(std::string_view method, std::string_view target, http::version version) {
    method_.assign(method);
    target_.assign(target);
    version_ = version;
    body_.clear();
}

std::string_view request::path() const noexcept {
    return std::string_view(target_).substr(0, target_.find('?'));
}

std::string_view request::query() const noexcept {
    const std::size_t mark = target_.find('?');
    return mark == std::string::npos ? std::string_view()
                                     : std::string_view(target_).substr(mark + 1);
}

bool request::keeps_alive() const noexcept {
    if (headers_.has_token("Connection", "close")) return false;
    return version_ == http::version::http_1_1 || headers_.has_token("Connection", "keep-alive");
}

bool request::wants_upgrade() const noexcept {
    return version_ == http::version::http_1_1 && headers_.count("Upgrade") != 0 &&
           headers_.has_token("Connection", "upgrade");
}

result<std::string> serialize(const request& message) {
    const auto is_visible = [](char c) { return c > 0x20 && c < 0x7F; };
    if (!is_token(message.method())) return fail(make_error_code(errc::bad_method));
    if (message.target().empty() ||
        !std::all_of(message.target().begin(), message.target().end(), is_visible)) {
        return fail(make_error_code(errc::bad_target));
    }
    std::string text = message.method();
    text.append(" ").append(message.target());
    text.append(message.version() == version::http_1_1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
    for (std::size_t i = 0; i < message.headers().size(); ++i) {
        const header_field field = message.headers()[i];
        text.append(field.name()).append(": ").append(field.value()).append("\r\n");
    }
    if (!message.body().empty()) {
        text.append("Content-Length: ").append(std::to_string(message.body().size()));
        text.append("\r\n");
    }
    text.append("\r\n").append(message.body());
    return text;
}

}  // namespace weir::http
