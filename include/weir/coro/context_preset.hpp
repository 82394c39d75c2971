// SPDX-License-Identifier: Apache-2.0
// context_preset: context values under a name, prepared once and given to work in one go. What
// stands nearer to the work counts: values given inside a preset override it, and it overrides
// those of the scope around it.
#pragma once

#include <weir/coro/detail/with_context.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// Values of different types with a name. Copies share the values, which nobody changes; they may
/// be used by several shards at once if the const functions of the values may.
///
/// ```cpp
/// const weir::context_preset testing("testing", clock(fixed), mailer(nowhere));
/// co_await weir::with_preset(testing, handle(request));
/// ```
class context_preset {
public:
    template <class... Ts>
    explicit context_preset(std::string name, Ts... values) : name_(std::move(name)) {
        (add(std::move(values)), ...);
    }

    /// Adds `value`, or replaces what this preset has of the type. Copies made before keep theirs.
    template <class T>
    context_preset& add(T value) {
        auto kept = std::make_shared<const T>(std::move(value));
        entries_.push_back(detail::context_entry::of(*kept));
        kept_.push_back(std::move(kept));
        return *this;
    }

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    /// Gives the values to `inner`; this must outlive it.
    void set_in(scope& inner) const { inner.set_all(entries_); }

private:
    std::string name_;
    std::vector<detail::context_entry> entries_;  // the last one of a type counts
    std::vector<std::shared_ptr<const void>> kept_;
};

/// Presets by name, as a context value: `with_preset(name, ...)` looks there.
class context_presets {
public:
    context_presets() noexcept = default;
    /// Adds a preset; of several with one name, the last counts.
    context_presets& add(context_preset preset) {
        presets_.push_back(std::move(preset));
        return *this;
    }
    /// The preset of that name, or null.
    [[nodiscard]] const context_preset* find(std::string_view name) const noexcept;

private:
    std::vector<context_preset> presets_;
};

namespace detail {

/// The preset that the nearest context_presets has under a name; nothing if there is none.
class named_preset {
public:
    explicit named_preset(std::string_view name) noexcept : name_(name) {}
    void set_in(scope& inner) const {
        const context_presets* presets = inner.find<context_presets>();
        const context_preset* preset = presets == nullptr ? nullptr : presets->find(name_);
        if (preset != nullptr) preset->set_in(inner);
    }

private:
    std::string_view name_;
};

}  // namespace detail

/// Runs `awaited` with the values of `preset` in its context.
///
/// @return        what `awaited` gives.
/// Errors:        those of `awaited`.
/// Cancellation:  as `awaited`.
/// Allocates:     one small table for the new scope, and a copy of the list of values.
template <awaitable A>
[[nodiscard]] auto with_preset(context_preset preset, A&& awaited) {
    return detail::run_with_context(std::move(preset), std::forward<A>(awaited));
}

/// The same with the preset that the nearest `context_presets` of the context has under `name`.
/// Where there is none, the work runs with what it inherits.
///
/// @param name    must live until this completes.
/// Errors:        those of `awaited`.
/// Cancellation:  as `awaited`.
/// Allocates:     one small table for the new scope.
template <awaitable A>
[[nodiscard]] auto with_preset(std::string_view name, A&& awaited) {
    return detail::run_with_context(detail::named_preset(name), std::forward<A>(awaited));
}

}  // namespace weir
