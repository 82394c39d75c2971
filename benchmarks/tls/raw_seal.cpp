// SPDX-License-Identifier: Apache-2.0
// How fast OpenSSL itself puts bytes into records: SSL_write of 16 KiB into a BIO that drops them,
// with no socket and nobody reading. Prints bytes a second of processor time.
//
//   raw_seal --tls-cert FILE --tls-key FILE --cipher NAME [--megabytes N] [--cpu N]
#include "../echo/command_line.hpp"

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace {

/// Shakes hands through memory.
void agree(SSL* client, SSL* server) {
    BIO* there = nullptr;
    BIO* back = nullptr;
    if (BIO_new_bio_pair(&there, 1 << 18, &back, 1 << 18) != 1)
        echo::die("BIO_new_bio_pair", ENOMEM);
    SSL_set_bio(client, there, there);
    SSL_set_bio(server, back, back);
    SSL_set_connect_state(client);
    SSL_set_accept_state(server);
    for (int flight = 0; flight < 4; ++flight) {
        SSL_do_handshake(client);
        SSL_do_handshake(server);
    }
    if (SSL_is_init_finished(client) == 0 || SSL_is_init_finished(server) == 0)
        echo::die("handshake", EPROTO);
}

}  // namespace

int main(int argc, char** argv) {
    const echo::flags flags(argc, argv);
    echo::pin_to(static_cast<int>(flags.number("--cpu", -1)));
    SSL_CTX* const serving = SSL_CTX_new(TLS_server_method());
    SSL_CTX* const asking = SSL_CTX_new(TLS_client_method());
    const auto chain = flags.text("--tls-cert", "");
    const auto key = flags.text("--tls-key", "");
    const auto cipher = flags.text("--cipher", "");
    if (SSL_CTX_use_certificate_chain_file(serving, chain.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(serving, key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_set_ciphersuites(asking, cipher.c_str()) != 1)
        echo::die("--tls-cert, --tls-key, --cipher", EINVAL);
    SSL* const server = SSL_new(serving);
    agree(SSL_new(asking), server);
    SSL_set_bio(server, BIO_new(BIO_s_null()), BIO_new(BIO_s_null()));
    const std::vector<char> record(std::size_t{16} << 10U, 'x');
    const long records = flags.number("--megabytes", 2048) * 64;
    const std::clock_t begin = std::clock();
    for (long i = 0; i < records; ++i) {
        std::size_t written = 0;
        if (SSL_write_ex(server, record.data(), record.size(), &written) != 1)
            echo::die("SSL_write_ex", EPROTO);
    }
    const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    std::printf("%.0f\n",
                static_cast<double>(records) * static_cast<double>(record.size()) / seconds);
}
