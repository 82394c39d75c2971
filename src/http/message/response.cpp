// SPDX-License-Identifier: Apache-2.0
#include <weir/http/message/response.hpp>

#include <weir/base/assert.hpp>

namespace weir::http {

response::response(http::status code, std::string_view content_type, std::string body)
    : status_(code), body_(std::move(body)) {
    const auto added = headers_.add("Content-Type", content_type);
    WEIR_ASSERT(added.has_value(), "a content type must not hold control characters");
}

std::string serialize(const response& message, bool keeps_alive, bool with_body) {
    WEIR_ASSERT(message.headers().count("Content-Length") == 0 &&
                    message.headers().count("Transfer-Encoding") == 0,
                "serialize tells the length of a response: it must not be among the headers");
    std::string text = message.version() == version::http_1_1 ? std::string("HTTP/1.1 ")
                                                              : std::string("HTTP/1.0 ");
    text.append(std::to_string(static_cast<unsigned>(message.code())));
    text.append(" ").append(reason_phrase(message.code())).append("\r\n");
    for (std::size_t i = 0; i < message.headers().size(); ++i) {
        const header_field field = message.headers()[i];
        text.append(field.name()).append(": ").append(field.value()).append("\r\n");
    }
    if (!has_no_body(message.code())) {
        text.append("Content-Length: ").append(std::to_string(message.body().size()));
        text.append("\r\n");
    }
    if (!keeps_alive && message.code() != status::switching_protocols) {
        text.append("Connection: close\r\n");
    }
    text.append("\r\n");
    if (with_body && !has_no_body(message.code())) text.append(message.body());
    return text;
}

}  // namespace weir::http
