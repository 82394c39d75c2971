// SPDX-License-Identifier: Apache-2.0
// What a certificate has loaded.
#pragma once

#include "openssl.hpp"

#include <weir/tls/certificate.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace weir::tls {

class certificate::state {
public:
    x509_ptr own;
    std::vector<x509_ptr> issuers;  ///< sent behind it, in their order
    private_key_ptr key;
    std::vector<std::string> names;  ///< of hosts, lower case; "*." in front stands for one label

    /// Whether it is for `host`, a lower-case name.
    [[nodiscard]] bool is_for(std::string_view host) const noexcept;
};

/// All certificates of a PEM text, in their order.
///
/// Errors: a `configuration_error`: there is none, or one is malformed.
[[nodiscard]] result<std::vector<x509_ptr>, configuration_error> read_certificates(
    std::string_view pem);

/// A file that may be up to 4 MiB.
///
/// Errors: a `configuration_error` that names it.
[[nodiscard]] result<std::string, configuration_error> read_pem_file(const std::string& path);

}  // namespace weir::tls
