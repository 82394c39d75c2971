// SPDX-License-Identifier: Apache-2.0
// open_span: what `span` is apart from the task that it runs.
#pragma once

#include <weir/coro/scope.hpp>
#include <weir/trace/attribute.hpp>
#include <weir/trace/recorder.hpp>
#include <weir/trace/scope_path.hpp>
#include <weir/trace/span_context.hpp>
#include <weir/trace/span_outcome.hpp>

#include <optional>
#include <span>
#include <string_view>

namespace weir::trace::detail {

/// A span from the moment when its scope is entered. Lives in the frame of whoever awaits it.
class open_span {
public:
    /// Puts the span into `inner`, and tells the recorder that is bound there, if any.
    void enter(scope& inner, std::string_view name, std::span<const attribute> attributes);
    /// The work has ended; what came of it is told later, by `tell`.
    void note_end() noexcept;
    void tell(const span_outcome& outcome) noexcept;
    [[nodiscard]] bool is_recorded() const noexcept { return to_ != nullptr; }

private:
    recorder* to_ = nullptr;
    span_context here_;
    std::optional<scope_path> path_;
    scope::time_point ended_{};
};

}  // namespace weir::trace::detail
