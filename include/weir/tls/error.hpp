// SPDX-License-Identifier: Apache-2.0
// What can go wrong between two ends of TLS, by name.
#pragma once

#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

namespace weir::tls {

/// Errors that this end found. What the other end found comes as an alert (`alert_category`).
enum class errc : std::uint8_t {
    certificate_expired = 1,    ///< of the peer or of one that signed it
    certificate_not_yet_valid,  ///< likewise
    certificate_self_signed,    ///< not among the trusted ones
    certificate_revoked,        ///< by a revocation list
    certificate_rejected,       ///< for another reason: purpose, weak key or signature, bad chain
    certificate_missing,        ///< the peer had to send one, and did not
    issuer_unknown,             ///< nobody who is trusted has signed it
    host_mismatch,              ///< the certificate is for other names than the one connected to
    no_common_version,          ///< of TLS
    no_common_cipher,           ///< or key exchange
    no_common_protocol,         ///< none that both name for ALPN
    not_tls,                    ///< the peer speaks something else
    renegotiation_refused,      ///< the peer asked for a new handshake in the running connection
    bad_record,                 ///< bytes that were changed on the way, or are no record at all
    truncated,                  ///< the stream ended without the peer having said so
    handshake_failed,           ///< for another reason
    new_keys_refused,           ///< the peer asked for new ones of a connection the kernel seals
};

/// The category of `errc`.
[[nodiscard]] const std::error_category& category() noexcept;

/// The category of the alerts that a peer sends; values are those of the registry.
/// Source: RFC 8446 6.
[[nodiscard]] const std::error_category& alert_category() noexcept;

/// Found by std::error_code, so that the enumerator converts to one.
[[nodiscard]] inline std::error_code make_error_code(errc error) noexcept {
    return {static_cast<int>(error), category()};
}

/// Why a context could not be made: which file or option, and what is wrong with it.
class configuration_error {
public:
    explicit configuration_error(std::string what) : what_(std::move(what)) {}
    [[nodiscard]] const std::string& what() const noexcept { return what_; }

private:
    std::string what_;
};

}  // namespace weir::tls

template <>
struct std::is_error_code_enum<weir::tls::errc> : std::true_type {};
