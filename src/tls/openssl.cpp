// SPDX-License-Identifier: Apache-2.0
#include "openssl.hpp"

#include <openssl/err.h>

namespace weir::tls {

std::string take_openssl_error() {
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason == nullptr ? "unknown reason" : reason;
}

}  // namespace weir::tls
