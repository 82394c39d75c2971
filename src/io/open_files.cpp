// SPDX-License-Identifier: Apache-2.0
#include <weir/io/open_files.hpp>

#include <weir/base/error.hpp>

#include <sys/resource.h>

#include <cerrno>

namespace weir {

result<std::size_t> raise_open_files(std::size_t wanted) noexcept {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return fail(error_from_errno(errno));
    if (wanted > limit.rlim_max) {
        rlimit higher{wanted, wanted};
        if (setrlimit(RLIMIT_NOFILE, &higher) == 0) return wanted;
    }
    if (limit.rlim_cur == limit.rlim_max) return limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return fail(error_from_errno(errno));
    return limit.rlim_cur;
}

}  // namespace weir
