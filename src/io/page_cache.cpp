// SPDX-License-Identifier: Apache-2.0
#include "page_cache.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

namespace weir {
namespace {

constexpr long cachestat = 451;  // newer than the C library's names
constexpr std::size_t pages_at_once = 256;

std::uint64_t page_size() noexcept {
    static const auto size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return size;
}

/// The pages that a part of a file touches.
class page_range {
public:
    explicit page_range(std::uint64_t offset, std::size_t size) noexcept
        : first(offset / page_size()), count((offset + size - 1) / page_size() - first + 1) {}
    std::uint64_t first;
    std::uint64_t count;
};

bool are_resident(std::byte* mapping, std::uint64_t count) noexcept {
    std::array<unsigned char, pages_at_once> flags;
    while (count > 0) {
        const auto some = static_cast<std::size_t>(std::min<std::uint64_t>(count, flags.size()));
        if (::mincore(mapping, some * page_size(), flags.data()) != 0) return false;
        const auto is_there = [](unsigned char flag) { return (flag & 1U) != 0; };
        if (!std::all_of(flags.begin(), flags.begin() + some, is_there)) return false;
        mapping += some * page_size();
        count -= some;
    }
    return true;
}

bool are_resident(int file, const page_range& pages) noexcept {
    const auto begin = static_cast<off_t>(pages.first * page_size());
    const auto mapped = static_cast<std::size_t>(pages.count * page_size());
    void* mapping = ::mmap(nullptr, mapped, PROT_READ, MAP_SHARED, file, begin);
    if (mapping == MAP_FAILED) return false;
    const bool are = are_resident(static_cast<std::byte*>(mapping), pages.count);
    static_cast<void>(::munmap(mapping, mapped));
    return are;
}

}  // namespace

std::int64_t count_cached_pages(int file, std::uint64_t offset, std::size_t size) noexcept {
    const std::uint64_t range[2] = {offset, size};
    std::uint64_t counts[5] = {};  // the first: pages that are there
    if (::syscall(cachestat, file, range, counts, 0) < 0) return -errno;
    return static_cast<std::int64_t>(counts[0]);
}

bool is_resident(int file, std::uint64_t offset, std::size_t size) noexcept {
    struct stat facts{};
    if (size == 0 || ::fstat(file, &facts) != 0) return false;
    const page_range pages(offset, size);
    // Of a page that the file does not have, the answer is "no", unless it is "yes" for all.
    const page_range beyond(static_cast<std::uint64_t>(facts.st_size) + page_size(), 1);
    return are_resident(file, pages) && !are_resident(file, beyond);
}

bool is_cached(int file, std::uint64_t offset, std::size_t size) noexcept {
    if (size == 0 || offset > std::numeric_limits<std::int64_t>::max() - size) return false;
    const std::int64_t there = count_cached_pages(file, offset, size);
    if (there < 0) return is_resident(file, offset, size);
    return static_cast<std::uint64_t>(there) >= page_range(offset, size).count;
}

}  // namespace weir
