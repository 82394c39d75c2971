// SPDX-License-Identifier: Apache-2.0
// What the bare servers of this folder take from their command line: --tls-cert and --tls-key.
#pragma once

#include "../echo/command_line.hpp"

#include <openssl/ssl.h>

#include <string>

/// Lives as long as the program.
inline SSL_CTX* server_context(const echo::flags& given) {
    SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
    const std::string chain = given.text("--tls-cert", "");
    const std::string key = given.text("--tls-key", "");
    if (SSL_CTX_use_certificate_chain_file(context, chain.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
        echo::die("--tls-cert, --tls-key", EINVAL);
    return context;
}
