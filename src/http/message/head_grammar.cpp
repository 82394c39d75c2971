// SPDX-License-Identifier: Apache-2.0
#include "head_grammar.hpp"

#include <weir/http/message/error.hpp>

namespace weir::http {
namespace {

errc error_of(llhttp_errno_t code) noexcept {
    switch (code) {
        case HPE_INVALID_METHOD:
            return errc::bad_method;
        case HPE_INVALID_URL:
            return errc::bad_target;
        case HPE_INVALID_VERSION:
        case HPE_PAUSED_H2_UPGRADE:
            return errc::version_not_supported;
        case HPE_INVALID_HEADER_TOKEN:
            return errc::bad_header_name;
        case HPE_INVALID_CONTENT_LENGTH:
        case HPE_UNEXPECTED_CONTENT_LENGTH:
            return errc::ambiguous_length;
        case HPE_INVALID_TRANSFER_ENCODING:
            return errc::bad_transfer_encoding;
        case HPE_CR_EXPECTED:
        case HPE_LF_EXPECTED:
            return errc::bad_line_ending;
        default:
            return errc::malformed;
    }
}

}  // namespace

head_grammar::head_grammar(llhttp_type_t type) : type_(type) { restart(); }

void head_grammar::restart() {
    llhttp_init(&parser_, type_, &settings());
    parser_.data = this;
    name_.clear();
    value_.clear();
    field_error_ = {};
    is_complete_ = false;
}

const llhttp_settings_t& head_grammar::settings() {
    static const llhttp_settings_t shared = [] {
        llhttp_settings_t made{};
        llhttp_settings_init(&made);
        made.on_header_field = append_name;
        made.on_header_value = append_value;
        made.on_header_value_complete = finish_field;
        made.on_headers_complete = finish_head;
        return made;
    }();
    return shared;
}

void head_grammar::keep() {
    name_.keep();
    value_.keep();
}

result<void> head_grammar::feed(bytes data, headers& fields) {
    if (data.empty()) return {};  // llhttp counts from where they would be
    fields_ = &fields;
    const std::string_view text = as_text(data);
    const llhttp_errno_t code = llhttp_execute(&parser_, text.data(), text.size());
    if (field_error_) return fail(field_error_);
    if (is_complete_ || code == HPE_OK) return {};
    return fail(make_error_code(error_of(code)));
}

const char* head_grammar::method() const {
    return llhttp_method_name(static_cast<llhttp_method_t>(parser_.method));
}

result<http::version> head_grammar::version() const {
    if (parser_.http_major == 1 && parser_.http_minor == 1) return version::http_1_1;
    if (parser_.http_major == 1 && parser_.http_minor == 0) return version::http_1_0;
    return fail(make_error_code(errc::version_not_supported));
}

int head_grammar::append_name(llhttp_t* parser, const char* at, std::size_t size) {
    of(parser).name_.add({at, size});
    return HPE_OK;
}

int head_grammar::append_value(llhttp_t* parser, const char* at, std::size_t size) {
    of(parser).value_.add({at, size});
    return HPE_OK;
}

int head_grammar::finish_field(llhttp_t* parser) {
    head_grammar& self = of(parser);
    const auto added = self.fields_->add(self.name_.view(), self.value_.view());
    self.name_.clear();
    self.value_.clear();
    if (added) return HPE_OK;
    self.field_error_ = added.error();
    return HPE_USER;
}

int head_grammar::finish_head(llhttp_t* parser) {
    of(parser).is_complete_ = true;
    return HPE_PAUSED;  // whatever follows is not a head
}

}  // namespace weir::http
