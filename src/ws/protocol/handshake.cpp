// SPDX-License-Identifier: Apache-2.0
// The checks stand in the order of RFC 6455 4.2.1, so that the first broken rule is the one named.
#include <weir/ws/protocol/handshake.hpp>

#include <weir/base/assert.hpp>
#include <weir/ws/deflate/deflate_extension.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <optional>

namespace weir::ws {
namespace {

using http::equal_ignoring_case;

constexpr std::string_view accept_suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

std::string base64(bytes data) {
    std::string text(4 * ((data.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(data.data()),
                                     static_cast<int>(data.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

/// Whether `text` is 16 bytes in canonical base64: 22 digits and "==" (RFC 4648 4).
bool is_key(std::string_view text) noexcept {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (text.size() != 24 || !text.ends_with("==")) return false;
    text.remove_suffix(2);
    if (text.find_first_not_of(digits) != std::string_view::npos) return false;
    return digits.find(text.back()) % 16 == 0;  // the last digit has 2 bits of payload
}

/// host[:port] of "scheme://host[:port]"; nullopt for anything else, "null" included.
std::optional<std::string_view> authority_of(std::string_view origin) noexcept {
    const std::size_t scheme = origin.find("://");
    if (scheme == std::string_view::npos || scheme == 0) return std::nullopt;
    const std::string_view authority = origin.substr(scheme + 3);
    if (authority.empty() || authority.find_first_of("/?#@ ") != std::string_view::npos) {
        return std::nullopt;
    }
    return authority;
}

/// Without the port that its scheme implies: browsers leave it out of Origin, others write it.
std::string_view without_default_port(std::string_view authority,
                                      std::string_view scheme) noexcept {
    if (equal_ignoring_case(scheme, "https") && authority.ends_with(":443")) {
        authority.remove_suffix(4);
    } else if (equal_ignoring_case(scheme, "http") && authority.ends_with(":80")) {
        authority.remove_suffix(3);
    }
    return authority;
}

bool is_same_origin(std::string_view origin, std::string_view host) noexcept {
    const auto authority = authority_of(origin);
    if (!authority) return false;
    const std::string_view scheme = origin.substr(0, origin.find("://"));
    return equal_ignoring_case(without_default_port(*authority, scheme),
                               without_default_port(host, scheme));
}

http::status status_of(handshake_errc error) noexcept {
    switch (error) {
        case handshake_errc::method_not_get:
            return http::status::method_not_allowed;
        case handshake_errc::version_not_http_1_1:
            return http::status::http_version_not_supported;
        case handshake_errc::upgrade_header_missing:
        case handshake_errc::version_not_13:
            return http::status::upgrade_required;
        case handshake_errc::origin_not_allowed:
        case handshake_errc::host_not_allowed:
            return http::status::forbidden;
        default:
            return http::status::bad_request;
    }
}

void add_constant(http::headers& fields, std::string_view name, std::string_view value) {
    const auto added = fields.add(name, value);
    WEIR_ASSERT(added.has_value(), "a header of the handshake must be well formed");
}

refused_upgrade refuse(handshake_errc error) {
    auto refused = refuse_upgrade(status_of(error), make_error_code(error), describe(error));
    http::headers& fields = refused.answer().headers();
    switch (refused.answer().code()) {
        case http::status::method_not_allowed:
            add_constant(fields, "Allow", "GET");
            break;
        case http::status::upgrade_required:
            add_constant(fields, "Upgrade", "websocket");
            add_constant(fields, "Sec-WebSocket-Version", "13");
            break;
        default:
            break;
    }
    return refused;
}

bool has_body(const http::headers& fields) noexcept {
    const auto length = fields.find("Content-Length");
    return fields.count("Transfer-Encoding") != 0 || (length && *length != "0");
}

/// The first rule of RFC 6455 4.2.1 that the request breaks.
std::optional<handshake_errc> broken_rule(const http::request& request) noexcept {
    const http::headers& fields = request.headers();
    if (request.method() != "GET") return handshake_errc::method_not_get;
    if (request.version() != http::version::http_1_1) return handshake_errc::version_not_http_1_1;
    if (fields.count("Host") != 1) return handshake_errc::host_missing_or_repeated;
    if (!fields.has_token("Upgrade", "websocket")) return handshake_errc::upgrade_header_missing;
    if (!fields.has_token("Connection", "upgrade")) {
        return handshake_errc::connection_header_missing;
    }
    if (fields.count("Sec-WebSocket-Version") != 1 ||
        fields.find("Sec-WebSocket-Version") != std::string_view("13")) {
        return handshake_errc::version_not_13;
    }
    if (fields.count("Sec-WebSocket-Key") != 1) return handshake_errc::key_missing_or_repeated;
    if (!is_key(*fields.find("Sec-WebSocket-Key"))) return handshake_errc::key_malformed;
    if (has_body(fields) || !request.body().empty()) return handshake_errc::body_not_allowed;
    return std::nullopt;
}

/// The first of `rules` that the request breaks.
std::optional<handshake_errc> broken_rule(const http::request& request,
                                          const upgrade_rules& rules) {
    const http::headers& fields = request.headers();
    if (!rules.accepts_host(*fields.find("Host"))) return handshake_errc::host_not_allowed;
    if (fields.count("Origin") > 1) return handshake_errc::origin_not_allowed;
    const auto origin = fields.find("Origin");
    if (origin && !rules.accepts_origin(*origin, request)) {
        return handshake_errc::origin_not_allowed;
    }
    return std::nullopt;
}

bool is_of_the_handshake(std::string_view name) noexcept {
    constexpr std::array<std::string_view, 11> reserved = {
        "Host",
        "Upgrade",
        "Connection",
        "Content-Length",
        "Transfer-Encoding",
        "Trailer",
        "Sec-WebSocket-Key",
        "Sec-WebSocket-Version",
        "Sec-WebSocket-Protocol",
        "Sec-WebSocket-Extensions",
        "Sec-WebSocket-Accept",
    };
    return std::any_of(reserved.begin(), reserved.end(),
                       [name](std::string_view taken) { return equal_ignoring_case(taken, name); });
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

}  // namespace

upgrade_rules& upgrade_rules::protocol(std::string name) {
    WEIR_ASSERT(http::is_token(name), "a sub-protocol's name must be a token");
    protocols_.push_back(std::move(name));
    return *this;
}

upgrade_rules& upgrade_rules::choose_protocol_with(protocol_choice choice) {
    choice_ = std::move(choice);
    return *this;
}

upgrade_rules& upgrade_rules::require_protocol() {
    requires_protocol_ = true;
    return *this;
}

upgrade_rules& upgrade_rules::allow_origin(std::string origin) {
    origins_.push_back(std::move(origin));
    return *this;
}

upgrade_rules& upgrade_rules::allow_origin_if(origin_check check) {
    origin_check_ = std::move(check);
    return *this;
}

upgrade_rules& upgrade_rules::allow_any_origin() {
    any_origin_ = true;
    return *this;
}

upgrade_rules& upgrade_rules::allow_host(std::string host) {
    hosts_.push_back(std::move(host));
    return *this;
}

bool upgrade_rules::accepts_host(std::string_view host) const {
    return hosts_.empty() || std::any_of(hosts_.begin(), hosts_.end(), [host](const auto& served) {
               return equal_ignoring_case(served, host);
           });
}

bool upgrade_rules::accepts_origin(std::string_view origin, const http::request& from) const {
    if (any_origin_) return true;
    if (origin_check_) return origin_check_(origin, from);
    const auto host = from.headers().find("Host");
    if (host && is_same_origin(origin, *host)) return true;
    return std::any_of(origins_.begin(), origins_.end(), [origin](const auto& allowed) {
        return equal_ignoring_case(allowed, origin);
    });
}

std::string_view upgrade_rules::choose(const std::vector<std::string_view>& offered) const {
    if (offered.empty()) return {};
    const auto find_offered = [&offered](std::string_view wanted) {
        const auto found = std::find(offered.begin(), offered.end(), wanted);
        return found == offered.end() ? std::string_view() : *found;
    };
    if (choice_) return find_offered(choice_(offered));
    for (const std::string& spoken : protocols_) {
        if (const auto found = find_offered(spoken); !found.empty()) return found;
    }
    return {};
}

result<accepted_upgrade, refused_upgrade> accept_upgrade(const http::request& request,
                                                         const upgrade_rules& rules) {
    if (const auto error = broken_rule(request)) return fail(refuse(*error));
    if (const auto error = broken_rule(request, rules)) return fail(refuse(*error));

    const auto offered = request.headers().list("Sec-WebSocket-Protocol");
    if (!std::all_of(offered.begin(), offered.end(), http::is_token)) {
        return fail(refuse(handshake_errc::protocol_list_malformed));
    }
    const std::string_view chosen = rules.choose(offered);
    if (chosen.empty() && rules.requires_protocol()) {
        return fail(refuse(handshake_errc::protocol_required));
    }
    http::response answer(http::status::switching_protocols);
    add_constant(answer.headers(), "Upgrade", "websocket");
    add_constant(answer.headers(), "Connection", "Upgrade");
    add_constant(answer.headers(), "Sec-WebSocket-Accept",
                 accept_value(*request.headers().find("Sec-WebSocket-Key")));
    if (!chosen.empty()) add_constant(answer.headers(), "Sec-WebSocket-Protocol", chosen);
    return accepted_upgrade(std::move(answer), std::string(chosen));
}

refused_upgrade refuse_upgrade(http::status status, std::error_code error, std::string_view text) {
    return {error,
            http::response(status, "text/plain; charset=utf-8", std::string(text).append("\n"))};
}

std::string accepted_upgrade::response_bytes() const { return http::serialize(answer_, true); }

std::string refused_upgrade::response_bytes() const { return http::serialize(answer_, false); }

std::string accept_value(std::string_view key) {
    const std::string text = std::string(key).append(accept_suffix);
    std::array<std::byte, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const int done =
        EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                   EVP_sha1(), nullptr);
    WEIR_ASSERT(done == 1 && size == 20, "OpenSSL must offer SHA-1: RFC 6455 needs it");
    return base64(bytes(digest).first(size));
}

client_handshake::client_handshake(std::string host, std::string target, const nonce& random)
    : host_(std::move(host)), target_(std::move(target)), key_(base64(random)) {}

client_handshake& client_handshake::offer_protocol(std::string name) {
    protocols_.push_back(std::move(name));
    return *this;
}

client_handshake& client_handshake::offer_deflate(const deflate_options& options) {
    deflate_ = options;
    return *this;
}

client_handshake& client_handshake::header(std::string name, std::string value) {
    extra_.emplace_back(std::move(name), std::move(value));
    return *this;
}

result<std::string> client_handshake::request_bytes() const {
    const bool is_fine = !host_.empty() && target_.starts_with('/') &&
                         std::all_of(protocols_.begin(), protocols_.end(), http::is_token) &&
                         std::none_of(extra_.begin(), extra_.end(), [](const auto& field) {
                             return is_of_the_handshake(field.first);
                         });
    if (!is_fine) return fail(make_error_code(handshake_errc::request_field_malformed));

    http::request request("GET", target_);
    http::headers& fields = request.headers();
    if (auto added = fields.add("Host", host_); !added) return fail(added.error());
    add_constant(fields, "Upgrade", "websocket");
    add_constant(fields, "Connection", "Upgrade");
    add_constant(fields, "Sec-WebSocket-Key", key_);
    add_constant(fields, "Sec-WebSocket-Version", "13");
    if (!protocols_.empty()) add_constant(fields, "Sec-WebSocket-Protocol", joined(protocols_));
    if (deflate_) add_constant(fields, "Sec-WebSocket-Extensions", deflate_offer(*deflate_));
    for (const auto& [name, value] : extra_) {
        if (auto added = fields.add(name, value); !added) return fail(added.error());
    }
    return http::serialize(request);
}

result<agreed_upgrade> client_handshake::check(const http::response& response) const {
    const http::headers& fields = response.headers();
    const auto refused = [](handshake_errc error) { return fail(make_error_code(error)); };
    if (response.code() == http::status::unauthorized ||
        response.code() == http::status::forbidden) {
        return refused(handshake_errc::access_denied);
    }
    if (response.code() != http::status::switching_protocols ||
        response.version() != http::version::http_1_1) {
        return refused(handshake_errc::status_not_101);
    }
    const auto upgrade = fields.find("Upgrade");
    if (fields.count("Upgrade") != 1 || !equal_ignoring_case(*upgrade, "websocket")) {
        return refused(handshake_errc::upgrade_header_missing);
    }
    if (!fields.has_token("Connection", "upgrade")) {
        return refused(handshake_errc::connection_header_missing);
    }
    const auto accept = fields.find("Sec-WebSocket-Accept");
    if (fields.count("Sec-WebSocket-Accept") != 1 || *accept != accept_value(key_)) {
        return refused(handshake_errc::accept_mismatch);
    }
    const result<deflate_parameters> deflate = check_deflate(fields, deflate_);
    if (!deflate) return fail(deflate.error());
    const auto chosen = fields.find("Sec-WebSocket-Protocol");
    if (!chosen) return agreed_upgrade(std::string(), *deflate);
    const bool was_offered =
        std::find(protocols_.begin(), protocols_.end(), *chosen) != protocols_.end();
    if (fields.count("Sec-WebSocket-Protocol") != 1 || !was_offered) {
        return refused(handshake_errc::protocol_not_offered);
    }
    return agreed_upgrade(std::string(*chosen), *deflate);
}

}  // namespace weir::ws
