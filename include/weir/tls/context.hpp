// SPDX-License-Identifier: Apache-2.0
// server_context, client_context: what all connections of one kind have in common: certificates,
// whom to trust, the keys of tickets, the sessions to resume. Made once, at the start.
#pragma once

#include <weir/base/result.hpp>
#include <weir/tls/error.hpp>
#include <weir/tls/options.hpp>

#include <memory>
#include <vector>

namespace weir::tls {

/// What the connections of a server share. Copies are the same context; safe from any thread.
class server_context {
public:
    class state;

    /// Errors: a `configuration_error` that says which option is wrong.
    [[nodiscard]] static result<server_context, configuration_error> make(server_options options);

    /// Shows other certificates from now on. Connections that are there keep theirs, and tickets
    /// stay good. Nothing changes on an error.
    ///
    /// @param certificates  1 or more, as in `server_options`.
    /// Errors: a `configuration_error`.
    [[nodiscard]] result<void, configuration_error> replace_certificates(
        std::vector<certificate> certificates);

    [[nodiscard]] const std::shared_ptr<state>& shared() const noexcept { return state_; }

private:
    explicit server_context(std::shared_ptr<state> shared) noexcept : state_(std::move(shared)) {}

    std::shared_ptr<state> state_;
};

/// What the connections of a client share. Copies are the same context; safe from any thread.
class client_context {
public:
    class state;

    /// Errors: a `configuration_error` that says which option is wrong.
    [[nodiscard]] static result<client_context, configuration_error> make(
        client_options options = {});

    [[nodiscard]] const std::shared_ptr<state>& shared() const noexcept { return state_; }

private:
    explicit client_context(std::shared_ptr<state> shared) noexcept : state_(std::move(shared)) {}

    std::shared_ptr<state> state_;
};

}  // namespace weir::tls
