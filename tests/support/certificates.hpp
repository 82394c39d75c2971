// SPDX-License-Identifier: Apache-2.0
// Certificates for tests, made as they are needed: an authority, and what it signs. Good ones, and
// each of the bad ones.
#pragma once

#include <weir/tls/certificate.hpp>

#include <memory>
#include <string>
#include <vector>

namespace weir::test {

/// A chain and a key as PEM text.
class pem_pair {
public:
    std::string chain;
    std::string key;

    [[nodiscard]] tls::certificate loaded() const;
};

/// What is wanted of a certificate.
class wanted_certificate {
public:
    wanted_certificate() = default;
    /// @param name  of a host, as subject and as alternative name.
    explicit wanted_certificate(std::string name) : subject(name), names{std::move(name)} {}

    std::string subject = "test";
    std::vector<std::string> names;      ///< of hosts
    std::vector<std::string> addresses;  ///< IP, as text
    int begins_in_days = -1;
    int ends_in_days = 30;
};

/// Signs certificates; P-256 throughout, since those are made at once.
class certificate_authority {
public:
    explicit certificate_authority(const std::string& name = "weir test authority");
    certificate_authority(const certificate_authority&) = delete;
    certificate_authority& operator=(const certificate_authority&) = delete;
    ~certificate_authority();

    [[nodiscard]] const std::string& pem() const noexcept;
    [[nodiscard]] pem_pair issue(const wanted_certificate& wanted) const;

private:
    class keys;
    std::unique_ptr<keys> keys_;
};

/// One that nobody but itself has signed.
[[nodiscard]] pem_pair self_signed(const wanted_certificate& wanted);

}  // namespace weir::test
