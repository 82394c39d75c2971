// SPDX-License-Identifier: Apache-2.0
#include "kernel_keys.hpp"

#include "io/kernel.hpp"

#include <weir/base/assert.hpp>
#include <weir/base/byte_writer.hpp>
#include <weir/base/error.hpp>
#include <weir/base/unique_fd.hpp>
#include <weir/tls/kernel_tls.hpp>

#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/crypto.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <span>

namespace weir::tls {
namespace {

constexpr char protocol_name[] = "tls";

/// What the kernel has said that it has not got is not asked for again: it would look for a module
/// each time. A bit for TLS itself, and one for each suite.
std::atomic<unsigned> missing_parts{0};
constexpr unsigned tls_itself = 1;

unsigned part_of(cipher_suite suite) noexcept {
    return tls_itself << (static_cast<unsigned>(suite) & 0xFU);  // 0x1301 and so on
}

/// Asks for a part with `request`, and remembers that it is missing.
template <class F>
std::error_code ask_for(unsigned part, F&& request) noexcept {
    const int outcome = request();
    if (outcome == -ENOENT) missing_parts.fetch_or(part, std::memory_order_relaxed);
    return outcome < 0 ? error_from_errno(-outcome) : std::error_code();
}

/// The kernel's three structures have the same fields, in sizes of their own.
template <class Info>
int install(kernel& system, int fd, std::uint16_t cipher, bytes key, bytes vector,
            std::uint64_t first) noexcept {
    Info info{};
    info.info.version = TLS_1_3_VERSION;
    info.info.cipher_type = cipher;
    WEIR_ASSERT(key.size() == sizeof info.key, "the kernel's keys are as long as the suite's");
    std::memcpy(info.key, key.data(), sizeof info.key);
    // What the kernel calls salt and vector are the two parts of the vector of TLS 1.3.
    WEIR_ASSERT(vector.size() == sizeof info.salt + sizeof info.iv, "a vector has 12 bytes");
    std::memcpy(info.salt, vector.data(), sizeof info.salt);
    std::memcpy(info.iv, vector.data() + sizeof info.salt, sizeof info.iv);
    byte_writer(std::as_writable_bytes(std::span(info.rec_seq))).write_big<std::uint64_t>(first);
    const int outcome = system.set_option(fd, SOL_TLS, TLS_TX, &info, sizeof info);
    OPENSSL_cleanse(&info, sizeof info);
    return outcome;
}

int install_for(cipher_suite suite, kernel& system, int fd, bytes key, bytes vector,
                std::uint64_t first) noexcept {
    switch (suite) {
        case cipher_suite::aes_128_gcm_sha256:
            return install<tls12_crypto_info_aes_gcm_128>(system, fd, TLS_CIPHER_AES_GCM_128, key,
                                                          vector, first);
        case cipher_suite::aes_256_gcm_sha384:
            return install<tls12_crypto_info_aes_gcm_256>(system, fd, TLS_CIPHER_AES_GCM_256, key,
                                                          vector, first);
        case cipher_suite::chacha20_poly1305_sha256:
            return install<tls12_crypto_info_chacha20_poly1305>(
                system, fd, TLS_CIPHER_CHACHA20_POLY1305, key, vector, first);
    }
    return -EINVAL;
}

/// Linux waits for a peer, in the loop's thread, where sendfile(2) meets the end of a file amid a
/// record: not longer than this, or a tick of the kernel.
void limit_waiting(kernel& system, int fd) noexcept {
    const timeval shortest{0, 1000};
    static_cast<void>(system.set_option(fd, SOL_SOCKET, SO_SNDTIMEO, &shortest, sizeof shortest));
}

}  // namespace

std::error_code give_keys_to_kernel(kernel& system, int fd, cipher_suite suite, bytes key,
                                    bytes vector, std::uint64_t first) noexcept {
    const unsigned needed = tls_itself | part_of(suite);
    if ((missing_parts.load(std::memory_order_relaxed) & needed) != 0) {
        return error_from_errno(ENOENT);
    }
    const std::error_code without = ask_for(tls_itself, [&] {
        return system.set_option(fd, IPPROTO_TCP, TCP_ULP, protocol_name, sizeof protocol_name - 1);
    });
    if (without) return without;
    limit_waiting(system, fd);
    return ask_for(part_of(suite),
                   [&] { return install_for(suite, system, fd, key, vector, first); });
}

std::error_code kernel_tls_error() noexcept {
    const unique_fd asked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!asked) return error_from_errno(errno);
    const int outcome =
        ::setsockopt(asked.value(), IPPROTO_TCP, TCP_ULP, protocol_name, sizeof protocol_name - 1);
    // It is there, and misses a connection.
    if (outcome == 0 || errno == ENOTCONN) return {};
    return error_from_errno(errno);
}

}  // namespace weir::tls
