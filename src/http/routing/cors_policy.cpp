// SPDX-License-Identifier: Apache-2.0
#include <weir/http/routing/cors_policy.hpp>

#include "http/message/field_list.hpp"

#include <weir/base/assert.hpp>

#include <algorithm>

namespace weir::http {
namespace {

void add(headers& to, std::string_view name, std::string_view value) {
    WEIR_ASSERT(to.add(name, value), "what a policy says is a field");
}

void vary(headers& fields, std::string_view name) {
    if (fields.has_token("Vary", name) || fields.has_token("Vary", "*")) return;
    add(fields, "Vary", name);
}

std::string joined(const std::vector<std::string>& words) {
    std::string list;
    for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
    return list;
}

/// A scheme, "://", a host and perhaps a port; nothing that a browser would write in another way.
bool is_origin(std::string_view text) noexcept {
    const std::size_t scheme = text.find("://");
    if (scheme == text.npos || scheme == 0) return false;
    const std::string_view host = text.substr(scheme + 3);
    const bool is_printable = std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < '\x7F' && !(c >= 'A' && c <= 'Z');
    });
    return is_printable && !host.empty() && host.find_first_of("/?#@,*") == host.npos;
}

/// The one Origin of a request; nullopt = none, or several, which no browser sends.
std::optional<std::string_view> origin_of(const request& asked) noexcept {
    if (asked.headers().count("Origin") != 1) return std::nullopt;
    return asked.headers().find("Origin");
}

}  // namespace

cors_policy& cors_policy::allow_origin(std::string_view origin) {
    if (origin == "*") {
        WEIR_ASSERT(!credentials_, "credentials are for origins that are named");
        any_origin_ = true;
        return *this;
    }
    WEIR_ASSERT(is_origin(origin), "an origin is scheme://host:port in lower case");
    origins_.emplace_back(origin);
    return *this;
}

cors_policy& cors_policy::allow_method(std::string_view method) {
    WEIR_ASSERT(is_token(method) && method != "*", "a method is named");
    methods_.emplace_back(method);
    return *this;
}

cors_policy& cors_policy::allow_header(std::string_view name) {
    WEIR_ASSERT(is_token(name) && name != "*", "a field is named");
    headers_.emplace_back(name);
    return *this;
}

cors_policy& cors_policy::expose_header(std::string_view name) {
    WEIR_ASSERT(is_token(name) && name != "*", "a field is named");
    exposed_ += exposed_.empty() ? "" : ", ";
    exposed_ += name;
    return *this;
}

cors_policy& cors_policy::allow_credentials() {
    WEIR_ASSERT(!any_origin_, "credentials are for origins that are named");
    credentials_ = true;
    return *this;
}

cors_policy& cors_policy::max_age(std::chrono::seconds value) {
    WEIR_ASSERT(value.count() >= 0, "a browser remembers for some time");
    max_age_ = value;
    return *this;
}

bool cors_policy::allows_origin(std::string_view origin) const noexcept {
    return any_origin_ || std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

bool cors_policy::allows_headers(const headers& asked) const noexcept {
    field_list wanted(asked, "Access-Control-Request-Headers");
    while (const auto name = wanted.next()) {
        if (std::none_of(headers_.begin(), headers_.end(), [&](const std::string& allowed) {
                return equal_ignoring_case(allowed, *name);
            })) {
            return false;
        }
    }
    return true;
}

void cors_policy::grant(const request& asked, headers& to) const {
    add(to, "Access-Control-Allow-Origin", any_origin_ ? "*" : *origin_of(asked));
    if (credentials_) add(to, "Access-Control-Allow-Credentials", "true");
}

std::optional<response> cors_policy::preflight(const request& asked) const {
    const auto origin = origin_of(asked);
    const auto method = asked.headers().find("Access-Control-Request-Method");
    if (asked.method() != "OPTIONS" || !origin || !method) return std::nullopt;
    response answer(status::no_content);
    headers& fields = answer.headers();
    for (const char* name :
         {"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"}) {
        vary(fields, name);
    }
    const bool may_method = std::find(methods_.begin(), methods_.end(), *method) != methods_.end();
    if (!allows_origin(*origin) || !may_method || !allows_headers(asked.headers())) return answer;
    grant(asked, fields);
    add(fields, "Access-Control-Allow-Methods", joined(methods_));
    if (!headers_.empty()) add(fields, "Access-Control-Allow-Headers", joined(headers_));
    add(fields, "Access-Control-Max-Age", std::to_string(max_age_.count()));
    return answer;
}

void cors_policy::apply(const request& asked, response& answer) const {
    if (!any_origin_) vary(answer.headers(), "Origin");
    const auto origin = origin_of(asked);
    if (!origin || !allows_origin(*origin)) return;
    grant(asked, answer.headers());
    if (!exposed_.empty()) add(answer.headers(), "Access-Control-Expose-Headers", exposed_);
}

}  // namespace weir::http
