// SPDX-License-Identifier: Apache-2.0
// key_schedule: how secrets follow from each other in TLS 1.3 (RFC 8446 7.1), for OpenSSL: a
// provider with the one algorithm that libssl asks for there, TLS13-KDF. It is used for two things:
//
// - A connection gets to know its secrets (`secrets_watch`). OpenSSL has no other way to them than
//   its log of keys, which formats each byte of five secrets with printf.
// - OpenSSL's own looks for its parts anew at every step: a fifth of a resumed handshake.
//
// Where a process demands algorithms of a certain kind, as those of FIPS 140, this one is not
// chosen, and connections keep OpenSSL's state after their handshake. Who does not ask for it does
// not get it.
#pragma once

#include "traffic_keys.hpp"

#include <weir/base/bytes.hpp>

namespace weir::tls {

/// What SSL_CTX_new_ex is to ask of the algorithms that it looks for: this key schedule, where it
/// may be had. Makes it known to OpenSSL the first time; any thread.
[[nodiscard]] const char* key_schedule_properties();

/// The secrets of application data.
class traffic_secrets {
public:
    traffic_secret client;
    traffic_secret server;

    [[nodiscard]] bool is_complete() const noexcept { return !client.empty() && !server.empty(); }
};

/// While it lives, `noted` learns what this thread derives; null = nobody does.
class secrets_watch {
public:
    explicit secrets_watch(traffic_secrets* noted) noexcept;
    secrets_watch(const secrets_watch&) = delete;
    secrets_watch& operator=(const secrets_watch&) = delete;
    ~secrets_watch();

private:
    traffic_secrets* outer_;
};

}  // namespace weir::tls
