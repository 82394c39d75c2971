// SPDX-License-Identifier: Apache-2.0
#include <weir/trace/recording.hpp>

#include <weir/io/reactor.hpp>

namespace weir::trace {

void recording::bind(const scope& in, const bound_recorder& bound) noexcept {
    static constexpr span_context no_span;
    to_ = bound.to;
    in_ = in.find<span_context>();
    if (in_ == nullptr) in_ = &no_span;
    path_ = in.find<scope_path>();
    is_outside_ = path_ == bound.outside;
}

record_place recording::place() const noexcept {
    return record_place(*in_, path_, reactor::current().now(), is_outside_);
}

}  // namespace weir::trace
