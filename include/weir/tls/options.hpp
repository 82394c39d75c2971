// SPDX-License-Identifier: Apache-2.0
// What the two ends of TLS can be told.
#pragma once

#include <weir/tls/certificate.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir::tls {

/// TLS 1.2 and 1.3 exist here; what came before is broken.
enum class version : std::uint8_t {
    tls_1_2,
    tls_1_3,
};

/// Whose signature is believed: certificates of authorities.
class trust {
public:
    /// Those of the system's store.
    [[nodiscard]] static trust of_system() { return trust(true, {}); }
    /// Those in a PEM text, and no others.
    [[nodiscard]] static trust only(std::string pem) { return trust(false, std::move(pem)); }
    /// Those of the system's store, and those in a PEM text.
    [[nodiscard]] static trust of_system_and(std::string pem) {
        return trust(true, std::move(pem));
    }

    [[nodiscard]] bool has_system() const noexcept { return has_system_; }
    [[nodiscard]] const std::string& pem() const noexcept { return pem_; }

private:
    explicit trust(bool system, std::string pem) : has_system_(system), pem_(std::move(pem)) {}

    bool has_system_;
    std::string pem_;
};

/// Whether a server asks its clients for certificates (mutual TLS).
enum class client_certificates : std::uint8_t {
    not_asked,
    asked,     ///< one that comes must be good
    required,  ///< who sends none is refused
};

/// How a server speaks TLS.
class server_options {
public:
    /// @param own  shown to clients that name no host, or one that no certificate is for.
    explicit server_options(certificate own) { certificates.push_back(std::move(own)); }

    /// The client's wanted host (SNI) picks the first that is for it; otherwise the first is shown.
    std::vector<certificate> certificates;
    /// Application protocols (ALPN), the best first. A client that offers others only is refused;
    /// one that offers none is served. Empty = the extension is ignored.
    std::vector<std::string> protocols;
    client_certificates clients = client_certificates::not_asked;
    /// Who signs the certificates of clients; with `not_asked` it is not looked at.
    std::optional<trust> client_trust;
    version min_version = version::tls_1_2;
    version max_version = version::tls_1_3;
    /// From the accepted connection to the end of the handshake.
    std::chrono::nanoseconds handshake_timeout = std::chrono::seconds(10);
    /// How long a ticket lets a client resume; the keys that seal the tickets are replaced as
    /// often, and those before them still open the older tickets. 0 = no resumption.
    std::chrono::seconds ticket_lifetime = std::chrono::hours(2);
    /// Has the kernel seal what a connection sends (kTLS) from the first large file part on, where
    /// it can (`kernel_tls_error`), with TLS 1.3. No kernel before Linux 6.14 renews keys, so such
    /// a connection ends when its peer asks for new ones, or when 360 GiB were sent (messages count
    /// 1 KiB at least). HTTP keeps none alive that has sent half of that.
    bool kernel_tls = true;
};

/// How a client speaks TLS.
class client_options {
public:
    client_options() = default;

    trust trusted = trust::of_system();
    /// Application protocols (ALPN) that are offered, the best first.
    std::vector<std::string> protocols;
    /// Shown to servers that ask.
    std::optional<certificate> own;
    version min_version = version::tls_1_2;
    version max_version = version::tls_1_3;
    std::chrono::nanoseconds handshake_timeout = std::chrono::seconds(10);
    /// Sessions that are remembered for resumption, by host and the longest unused forgotten first;
    /// 0 = none.
    std::size_t max_sessions = 256;
    /// Takes any certificate from anybody: whoever stands between the two ends reads and changes
    /// everything. For tests.
    bool dangerously_accepts_any_certificate = false;
};

}  // namespace weir::tls
