// SPDX-License-Identifier: Apache-2.0
// The bare loop around OpenSSL: accepts, shakes hands, answers one request, closes; one connection
// after the other, blocking. No handshake can cost a server less than it costs this one.
//
//   raw_tls --listen HOST:PORT --tls-cert FILE --tls-key FILE [--cpu N]
#include "../echo/command_line.hpp"
#include "server_context.hpp"

#include <openssl/ssl.h>

#include <string_view>

namespace {

constexpr std::string_view answer =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n"
    "Connection: close\r\n\r\nxxxxxxxxxxxxx";

void serve(SSL_CTX* context, int socket) {
    SSL* const ssl = SSL_new(context);
    SSL_set_fd(ssl, socket);
    char request[4096];
    if (SSL_accept(ssl) == 1 && SSL_read(ssl, request, sizeof request) > 0) {
        SSL_write(ssl, answer.data(), static_cast<int>(answer.size()));
        SSL_shutdown(ssl);
    }
    SSL_free(ssl);
    close(socket);
}

}  // namespace

int main(int argc, char** argv) {
    const echo::flags flags(argc, argv);
    echo::pin_to(static_cast<int>(flags.number("--cpu", -1)));
    SSL_CTX* const context = server_context(flags);
    const int listener = echo::listen_on(echo::parse_endpoint(flags.text("--listen", "")), 0);
    echo::announce(listener);
    for (;;) {
        const int accepted = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (accepted >= 0) serve(context, accepted);
    }
}
