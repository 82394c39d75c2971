// SPDX-License-Identifier: Apache-2.0
#include <weir/trace/id_source.hpp>

#include <weir/base/assert.hpp>

#include <sys/random.h>

#include <cerrno>

namespace weir::trace {

namespace {

/// At most 256 bytes are given at once or not at all (getrandom(2), "Notes").
std::uint64_t from_kernel() noexcept {
    std::uint64_t drawn = 0;
    ssize_t size = 0;
    do size = ::getrandom(&drawn, sizeof(drawn), 0);
    while (size < 0 && errno == EINTR);
    WEIR_ASSERT(size == sizeof(drawn), "the kernel must give random numbers: trace ids need them");
    return drawn;
}

}  // namespace

id_source::id_source() : id_source(from_kernel(), from_kernel()) {}

trace_id id_source::next_trace() noexcept {
    trace_id drawn;
    while (!drawn.is_valid()) drawn = trace_id(high_.next(), low_.next());
    return drawn;
}

span_id id_source::next_span() noexcept {
    span_id drawn;
    while (!drawn.is_valid()) drawn = span_id(low_.next());
    return drawn;
}

id_source& id_source::of_this_thread() {
    thread_local id_source source;
    return source;
}

}  // namespace weir::trace
