// SPDX-License-Identifier: Apache-2.0
// Where a client's mask keys come from. RFC 6455 5.3 and 10.3 demand keys that the other side
// cannot predict, else a script could choose what stands on the wire and poison a proxy. One
// getrandom(2) a frame would cost more than the frame, so 256 keys are fetched at a time.
#pragma once

#include <weir/base/bytes.hpp>
#include <weir/ws/protocol/mask.hpp>

#include <array>
#include <cstddef>

namespace weir::ws {

/// Hands out mask keys. Not thread-safe: one a thread, or one a connection.
class mask_key_source {
public:
    /// Fills the given bytes with values that nobody can predict.
    using fill_function = void (*)(mutable_bytes);

    /// @param fill  the generator; a test or a simulation gives a seeded one.
    explicit mask_key_source(fill_function fill = fill_from_kernel) noexcept : fill_(fill) {}

    /// The next key; each is handed out once.
    [[nodiscard]] mask_key next() noexcept;

    /// getrandom(2); aborts when the kernel has no random numbers, because going on would be
    /// unsafe.
    static void fill_from_kernel(mutable_bytes out) noexcept;

    /// The source of the calling thread, fed by the kernel.
    [[nodiscard]] static mask_key_source& of_this_thread() noexcept;

private:
    fill_function fill_;
    std::size_t used_ = sizeof(std::array<std::byte, 1024>);
    std::array<std::byte, 1024> keys_{};
};

}  // namespace weir::ws
