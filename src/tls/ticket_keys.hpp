// SPDX-License-Identifier: Apache-2.0
// ticket_keys: the keys that seal the tickets of resumption (RFC 5077 4). The newest seals; the one
// before it still opens, so that no ticket dies early; then a key is forgotten, and with it the
// means to open what was said in the connections that began with its tickets.
#pragma once

#include "openssl.hpp"

#include <array>
#include <chrono>
#include <mutex>
#include <optional>

namespace weir::tls {

class ticket_keys {
public:
    using time_point = std::chrono::steady_clock::time_point;
    static constexpr std::size_t name_bytes = 16;

    /// @param lifetime  of a ticket; 1 s or more.
    explicit ticket_keys(std::chrono::seconds lifetime) noexcept : lifetime_(lifetime) {}
    ticket_keys(const ticket_keys&) = delete;
    ticket_keys& operator=(const ticket_keys&) = delete;
    ~ticket_keys();

    /// Replaces keys that are old by now. Safe from any thread, as is everything here.
    void renew(time_point now);

    /// Has the contexts of OpenSSL seal or open a ticket. As SSL_CTX_set_tlsext_ticket_key_evp_cb
    /// wants it: 1 = done, 2 = done, and a new ticket is due; 0 = no such key; -1 = failed.
    [[nodiscard]] int seal(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                           EVP_MAC_CTX* mac);
    [[nodiscard]] int open(const unsigned char* name, const unsigned char* iv,
                           EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac);

private:
    struct key {
        std::array<unsigned char, name_bytes> name;
        std::array<unsigned char, 32> cipher;
        std::array<unsigned char, 32> mac;
    };
    static void forget(std::optional<key>& old) noexcept;
    [[nodiscard]] static bool set_mac(EVP_MAC_CTX* mac, const key& with);

    std::mutex mutex_;
    std::chrono::seconds lifetime_;
    time_point newest_since_;
    std::optional<key> newest_;
    std::optional<key> older_;
};

}  // namespace weir::tls
