// SPDX-License-Identifier: Apache-2.0
// certificate: what an end shows of itself: a chain of certificates, and the private key.
#pragma once

#include <weir/base/result.hpp>
#include <weir/tls/error.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace weir::tls {

/// A chain and its private key. Immutable; copies share it, from any thread.
class certificate {
public:
    class state;

    /// Reads PEM files: the chain with the end's own certificate first, and the key, which nobody
    /// but its owner and group may be allowed to read.
    ///
    /// Errors: a `configuration_error` that names the file.
    [[nodiscard]] static result<certificate, configuration_error> from_files(
        const std::string& chain_path, const std::string& key_path);
    /// The same from PEM text.
    ///
    /// Errors: a `configuration_error`.
    [[nodiscard]] static result<certificate, configuration_error> from_pem(std::string_view chain,
                                                                           std::string_view key);

    explicit certificate(std::shared_ptr<const state> loaded) noexcept
        : state_(std::move(loaded)) {}
    [[nodiscard]] const state& loaded() const noexcept { return *state_; }

private:
    std::shared_ptr<const state> state_;
};

}  // namespace weir::tls
