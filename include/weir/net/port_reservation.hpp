// SPDX-License-Identifier: Apache-2.0
// port_reservation: claims a TCP port before the shards start, so that each of them can listen on
// it with `reuse_port`, also when the system chose it.
#pragma once

#include <weir/base/result.hpp>
#include <weir/base/unique_fd.hpp>
#include <weir/net/endpoint.hpp>

namespace weir::net {

/// Holds an address without listening on it; connections go to those who do. Owns a descriptor;
/// moves, does not copy. May be used on any thread, outside of a reactor too.
class port_reservation {
public:
    /// Claims `where`; port 0 lets the system choose.
    ///
    /// Errors: address_in_use, permission_denied, address_not_available, invalid_argument (a unix
    ///         path: only one acceptor can have it).
    [[nodiscard]] static result<port_reservation> claim(const endpoint& where);

    /// The claimed address, with the port that was chosen.
    [[nodiscard]] const endpoint& where() const noexcept { return where_; }

private:
    explicit port_reservation(unique_fd fd, endpoint where) noexcept
        : fd_(std::move(fd)), where_(where) {}

    unique_fd fd_;
    endpoint where_;
};

}  // namespace weir::net
