// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/hibernation.hpp>

#include <malloc.h>

namespace weir::ws {

hibernation_statistics& hibernation_statistics::of_this_thread() noexcept {
    thread_local hibernation_statistics statistics;
    return statistics;
}

void hibernation_statistics::note_given_back(std::size_t bytes) {
    bytes_given_back += bytes;
    untrimmed_bytes_ += bytes;
    if (untrimmed_bytes_ < trim_bytes) return;
    untrimmed_bytes_ = 0;
    ++trims;
    ::malloc_trim(0);
}

}  // namespace weir::ws
