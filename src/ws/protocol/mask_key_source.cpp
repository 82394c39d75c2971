// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/protocol/mask_key_source.hpp>

#include <weir/base/assert.hpp>

#include <sys/random.h>

#include <algorithm>
#include <cerrno>

namespace weir::ws {

mask_key mask_key_source::next() noexcept {
    mask_key key{};
    if (used_ + key.size() > keys_.size()) {
        fill_(keys_);
        used_ = 0;
    }
    std::copy_n(keys_.begin() + static_cast<std::ptrdiff_t>(used_), key.size(), key.begin());
    used_ += key.size();
    return key;
}

void mask_key_source::fill_from_kernel(mutable_bytes out) noexcept {
    while (!out.empty()) {
        const ssize_t filled = ::getrandom(out.data(), out.size(), 0);
        if (filled < 0 && errno == EINTR) continue;
        WEIR_ASSERT(filled > 0, "the kernel must give random numbers: mask keys need them");
        out = out.subspan(static_cast<std::size_t>(filled));
    }
}

mask_key_source& mask_key_source::of_this_thread() noexcept {
    thread_local mask_key_source source;
    return source;
}

}  // namespace weir::ws
