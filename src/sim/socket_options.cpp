// SPDX-License-Identifier: Apache-2.0
#include "socket_options.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace weir::sim {

namespace {
/// Linux keeps twice what is asked for, within these (socket(7), net.core.[rw]mem_max).
constexpr int least_buffer = 2304;
constexpr int most_buffer = 425'984;
}  // namespace

int option_store::set(int level, int name, const void* value, unsigned size) {
    // What would change the bytes of the socket is not done here.
    if (level == IPPROTO_TCP && name == TCP_ULP) return -ENOPROTOOPT;
    const auto* first = static_cast<const std::byte*>(value);
    std::vector<std::byte> copy(first, first + size);
    if (level == SOL_SOCKET && (name == SO_RCVBUF || name == SO_SNDBUF)) {
        if (size < sizeof(int)) return -EINVAL;
        int wanted = 0;
        std::memcpy(&wanted, value, sizeof wanted);
        wanted = std::clamp(std::min(wanted, most_buffer / 2) * 2, least_buffer, most_buffer);
        std::memcpy(copy.data(), &wanted, sizeof wanted);
    }
    values_[{level, name}] = std::move(copy);
    return 0;
}

int option_store::get(int level, int name, void* value, unsigned* size) const {
    const auto found = values_.find({level, name});
    if (found == values_.end()) {
        *size = std::min<unsigned>(*size, sizeof(int));
        std::memset(value, 0, *size);
        return 0;
    }
    *size = std::min<unsigned>(*size, static_cast<unsigned>(found->second.size()));
    std::memcpy(value, found->second.data(), *size);
    return 0;
}

int option_store::number(int level, int name, int otherwise) const {
    const auto found = values_.find({level, name});
    if (found == values_.end() || found->second.size() < sizeof(int)) return otherwise;
    int value = 0;
    std::memcpy(&value, found->second.data(), sizeof value);
    return value;
}

}  // namespace weir::sim
