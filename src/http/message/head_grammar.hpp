// SPDX-License-Identifier: Apache-2.0
// head_grammar: llhttp, kept to message heads and without leniency: bytes in, header fields out.
// Bodies never reach it; which of them may follow is decided by request_parser.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/base/result.hpp>
#include <weir/http/message/headers.hpp>
#include <weir/http/message/request.hpp>

#include <llhttp.h>

#include <string_view>
#include <system_error>

#include "gathered_text.hpp"

namespace weir::http {

/// Parses one head. Immovable, because llhttp points into it.
class head_grammar {
public:
    /// @param type  HTTP_REQUEST or HTTP_RESPONSE.
    explicit head_grammar(llhttp_type_t type);
    head_grammar(const head_grammar&) = delete;
    head_grammar& operator=(const head_grammar&) = delete;

    /// Forgets everything and waits for the next head.
    void restart();

    /// Takes bytes of the head, none beyond its blank line; adds its fields to `fields`.
    [[nodiscard]] result<void> feed(bytes data, headers& fields);
    /// The bytes that were fed go away before the head is complete.
    void keep();

    [[nodiscard]] bool is_complete() const noexcept { return is_complete_; }
    [[nodiscard]] const char* method() const;
    [[nodiscard]] unsigned status_number() const noexcept { return parser_.status_code; }
    /// Errors: version_not_supported.
    [[nodiscard]] result<http::version> version() const;

private:
    static const llhttp_settings_t& settings();
    static head_grammar& of(llhttp_t* parser) { return *static_cast<head_grammar*>(parser->data); }
    static int append_name(llhttp_t* parser, const char* at, std::size_t size);
    static int append_value(llhttp_t* parser, const char* at, std::size_t size);
    static int finish_field(llhttp_t* parser);
    static int finish_head(llhttp_t* parser);

    llhttp_t parser_{};
    llhttp_type_t type_;
    gathered_text name_;
    gathered_text value_;
    headers* fields_ = nullptr;  // while it is fed
    std::error_code field_error_;
    bool is_complete_ = false;
};

}  // namespace weir::http
