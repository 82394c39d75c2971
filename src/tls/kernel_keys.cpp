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

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <span>

namespace weir::tls {
namespace {

constexpr char protocol_name[] = "tls";

/// Once the kernel has said that it has no TLS, nobody asks again: it would look for a module each
/// time.
std::atomic<bool> kernel_has_none{false};

/// The kernel's three structures have the same fields, in sizes of their own.
template <class Info>
std::error_code install(kernel& system, int fd, std::uint16_t cipher, bytes key, bytes vector,
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
    return outcome < 0 ? error_from_errno(-outcome) : std::error_code();
}

}  // namespace

std::error_code give_keys_to_kernel(kernel& system, int fd, cipher_suite suite, bytes key,
                                    bytes vector, std::uint64_t first) noexcept {
    if (kernel_has_none.load(std::memory_order_relaxed)) return error_from_errno(ENOENT);
    const int outcome =
        system.set_option(fd, IPPROTO_TCP, TCP_ULP, protocol_name, sizeof protocol_name - 1);
    if (outcome == -ENOENT) kernel_has_none.store(true, std::memory_order_relaxed);
    // A socket that has it already was refused its keys the last time.
    if (outcome < 0 && outcome != -EEXIST) return error_from_errno(-outcome);
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
    return std::make_error_code(std::errc::invalid_argument);
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
