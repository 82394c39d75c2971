// SPDX-License-Identifier: Apache-2.0
// What OpenSSL's reasons for ending a connection mean, in our terms.
#pragma once

#include "openssl.hpp"

#include <system_error>

namespace weir::tls {

/// Why `ssl` has failed, from the error queue of this thread, which is emptied.
[[nodiscard]] std::error_code verdict_of(SSL* ssl) noexcept;
/// What a result of verifying a certificate (X509_V_ERR_...) means.
[[nodiscard]] std::error_code verdict_of_certificate(long verification) noexcept;

}  // namespace weir::tls
