// SPDX-License-Identifier: Apache-2.0
#include <weir/trace/detail/open_span.hpp>

#include <weir/io/reactor.hpp>
#include <weir/trace/id_source.hpp>
#include <weir/trace/observe.hpp>

namespace weir::trace::detail {

void open_span::enter(scope& inner, std::string_view name, std::span<const attribute> attributes) {
    id_source& ids = id_source::of_this_thread();
    const auto* around = inner.find<span_context>();
    const bool is_root = around == nullptr || !around->is_valid();
    // One after the other: a seed draws the same ids whatever order a compiler has for arguments.
    const trace_id trace = is_root ? ids.next_trace() : around->trace();
    here_ = span_context(trace, ids.next_span(), is_root || around->is_sampled());
    const auto* outer = inner.find<scope_path>();
    path_.emplace(name, outer);
    inner.set(here_, *path_);
    const auto* bound = inner.find<bound_recorder>();
    if (bound == nullptr || !here_.is_sampled()) return;
    to_ = bound->to;
    const record_place place(here_, &*path_, reactor::current().now());
    const span_id parent = is_root ? span_id() : around->span();
    to_->span_began(span_start(place, parent, outer == bound->outside, attributes));
}

void open_span::note_end() noexcept {
    if (to_ != nullptr) ended_ = reactor::current().now();
}

void open_span::tell(const span_outcome& outcome) noexcept {
    to_->span_ended(record_place(here_, &*path_, ended_), outcome);
}

}  // namespace weir::trace::detail
