// SPDX-License-Identifier: Apache-2.0
// The settings that servers and clients share.
#pragma once

#include "openssl.hpp"

#include <weir/base/result.hpp>
#include <weir/tls/error.hpp>
#include <weir/tls/options.hpp>

#include <string>
#include <vector>

namespace weir::tls {

/// A context with everything off that is known to be weak.
///
/// Errors: a `configuration_error`: there is no version between `lowest` and `highest`.
[[nodiscard]] result<ssl_ctx_ptr, configuration_error> make_strict_context(const SSL_METHOD* method,
                                                                           version lowest,
                                                                           version highest);
/// Errors: a `configuration_error`.
[[nodiscard]] result<void, configuration_error> show_certificate(SSL_CTX* context,
                                                                 const certificate& own);
/// Errors: a `configuration_error`.
[[nodiscard]] result<void, configuration_error> believe(SSL_CTX* context, const trust& whom);
/// The list as ALPN sends it.
///
/// Errors: a `configuration_error`: a name is empty or longer than 255 bytes, or there are too
/// many.
[[nodiscard]] result<std::string, configuration_error> encode_protocols(
    const std::vector<std::string>& protocols);

}  // namespace weir::tls
