// SPDX-License-Identifier: Apache-2.0
// traffic_keys: what protects the records of one direction of an established TLS 1.3 connection: a
// secret, the key and the vector that follow from it, and the number of the next record. 150 bytes;
// OpenSSL's cipher contexts, 1.2 KiB each, are shared by all connections of a thread, and keep no
// key longer than its connection does.
//
// The ciphers and the hash are OpenSSL's; here is only what RFC 8446 5.2, 5.3, 7.2 and 7.3 put
// around them.
#pragma once

#include "cipher_suite.hpp"

#include <weir/base/bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace weir {
class kernel;
}

namespace weir::tls {

/// What a record carries (RFC 8446 5.1).
enum class content_type : std::uint8_t {
    alert = 21,
    handshake = 22,
    application_data = 23,
};

/// The secret of one direction, as the handshake has agreed on it; a value. Cleansed at its end.
class traffic_secret {
public:
    static constexpr std::size_t max_bytes = 48;  // SHA-384

    traffic_secret() noexcept = default;
    /// @param secret  32 or 48 bytes.
    explicit traffic_secret(bytes secret) noexcept;
    traffic_secret(const traffic_secret&) noexcept = default;
    traffic_secret& operator=(const traffic_secret&) noexcept = default;
    ~traffic_secret();

    [[nodiscard]] bytes view() const noexcept { return bytes(bytes_).first(size_); }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    /// What follows from it, up to its own size.
    void expand(std::string_view label, mutable_bytes out) const;

private:
    std::array<std::byte, max_bytes> bytes_{};
    std::uint8_t size_ = 0;
};

/// Whether this end can protect records with it, and `secret` is of its size.
[[nodiscard]] bool is_usable(cipher_suite suite, const traffic_secret& secret) noexcept;

/// What was found in a record.
class opened_record {
public:
    explicit opened_record(content_type type_, std::size_t size_) noexcept
        : type(type_), size(size_) {}
    content_type type;
    std::size_t size;  ///< of its contents, without padding
};

class traffic_keys {
public:
    static constexpr std::size_t header_bytes = 5;
    /// What a record is longer than its contents: header, type and tag.
    static constexpr std::size_t overhead_bytes = header_bytes + 1 + 16;
    static constexpr std::size_t max_contents_bytes = std::size_t{1} << 14U;
    /// Of a record without its header (RFC 8446 5.2).
    static constexpr std::size_t max_protected_bytes = max_contents_bytes + 256;

    /// @param first  the number of the next record.
    explicit traffic_keys(cipher_suite suite, const traffic_secret& secret, std::uint64_t first);
    traffic_keys(const traffic_keys&) = delete;
    traffic_keys& operator=(const traffic_keys&) = delete;
    ~traffic_keys();

    /// Writes a record.
    /// @param contents  up to max_contents_bytes.
    /// @param record    contents.size() + overhead_bytes.
    void seal(content_type type, bytes contents, mutable_bytes record);
    /// Opens a record, header and all, into `into`: at least as large as the record without header
    /// and tag. nullopt = it is forged or damaged. One that is only padding has the type 0, as
    /// none.
    [[nodiscard]] std::optional<opened_record> open(bytes record, mutable_bytes into);
    /// The keys of the next generation (KeyUpdate); records count from zero again.
    void renew();

    /// Has the kernel seal with these keys what is sent over `fd`. As `give_keys_to_kernel`.
    [[nodiscard]] std::error_code give_to_kernel(kernel& system, int fd) const noexcept;

    /// Leaves no trace of them; they are of no use then.
    void forget() noexcept;

    /// Whether so much was protected that new keys are due (RFC 8446 5.5).
    [[nodiscard]] bool is_worn() const noexcept { return next_record_ >= max_records; }
    [[nodiscard]] std::uint64_t next_record() const noexcept { return next_record_; }

private:
    static constexpr std::size_t nonce_bytes = 12;
    using nonce = std::array<unsigned char, nonce_bytes>;
    static constexpr std::uint64_t max_records = std::uint64_t{1} << 23U;

    void derive();
    [[nodiscard]] nonce next_nonce() noexcept;

    traffic_secret secret_;
    std::array<std::byte, 32> key_{};
    nonce vector_{};
    cipher_suite suite_;
    std::uint64_t next_record_;
    std::uint64_t identity_ = 0;  // of these keys, among all of the process
};

}  // namespace weir::tls
