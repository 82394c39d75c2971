// SPDX-License-Identifier: Apache-2.0
// recorder: receives what is recorded in the scopes that it is bound to: spans, and the events,
// metrics, attributes and logs in them. What it is told refers to others' memory and holds for the
// call only.
#pragma once

#include <weir/trace/attribute.hpp>
#include <weir/trace/log_level.hpp>
#include <weir/trace/metric.hpp>
#include <weir/trace/scope_path.hpp>
#include <weir/trace/span_context.hpp>
#include <weir/trace/span_id.hpp>
#include <weir/trace/span_outcome.hpp>

#include <chrono>
#include <span>
#include <string_view>

namespace weir::trace {

/// Where and when something was recorded.
class record_place {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit record_place(const span_context& in_, const scope_path* path_, time_point at_,
                          bool is_outside_ = false) noexcept
        : in(&in_), path(path_), at(at_), is_outside(is_outside_) {}

    const span_context* in;  ///< of no trace outside of all spans; never null
    const scope_path* path;  ///< null outside of all spans
    time_point at;           ///< of the reactor's clock
    bool is_outside;         ///< whether in no span of which the recorder was told
};

/// The beginning of a span.
class span_start {
public:
    explicit span_start(const record_place& at, span_id parent_, bool is_outermost_,
                        std::span<const attribute> with) noexcept
        : place(at), parent(parent_), is_outermost(is_outermost_), attributes(with) {}

    record_place place;  ///< of the new span
    span_id parent;      ///< none = the root of its trace
    /// Whether no other span is around it of which the recorder was told.
    bool is_outermost;
    std::span<const attribute> attributes;
};

/// Neither copies nor moves. Belongs to the shard whose scopes it is bound in. One that is out of
/// memory leaves out what it was told.
class recorder {
public:
    recorder(const recorder&) = delete;
    recorder& operator=(const recorder&) = delete;

    virtual void span_began(const span_start& start) noexcept = 0;
    /// @param end  the place of the span; inner spans have ended before.
    virtual void span_ended(const record_place& end, const span_outcome& outcome) noexcept = 0;
    virtual void event(const record_place& at, std::string_view name,
                       std::span<const attribute> attributes) noexcept = 0;
    /// Attributes for the span itself; those with a name that it has replace that one's value.
    virtual void attributes(const record_place& at,
                            std::span<const attribute> attributes) noexcept = 0;
    virtual void metric(const record_place& at, const class metric& measured,
                        std::span<const attribute> attributes) noexcept = 0;
    virtual void log(const record_place& at, log_level level, std::string_view text,
                     std::span<const attribute> attributes) noexcept = 0;

protected:
    recorder() noexcept = default;
    ~recorder() = default;
};

}  // namespace weir::trace
