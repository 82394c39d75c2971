// SPDX-License-Identifier: Apache-2.0
#include <weir/base/refusal.hpp>

#include <weir/base/assert.hpp>

#include <array>
#include <cstddef>
#include <string>

namespace weir {
namespace {

struct entry {
    refusal why;
    refusal_terms terms;
    const char* message;
};

// In the order of the enumerators.
constexpr std::array entries{
    entry{refusal::circuit_open,
          {503, 1013, -32001, "circuit_open"},
          "not tried: too much of this has failed lately"},
    entry{refusal::rate_limited,
          {429, 1013, -32002, "rate_limited"},
          "not tried: too much of this has begun lately"},
    entry{refusal::banned,
          {429, 1008, -32003, "banned"},
          "not tried: this one has passed its limit too often"},
    entry{refusal::too_many_in_flight,
          {503, 1013, -32004, "too_many_in_flight"},
          "not tried: too much of this is under way"},
    entry{refusal::overloaded,
          {503, 1013, -32005, "overloaded"},
          "not tried: what waits already would be answered too late"},
    entry{refusal::exhausted,
          {503, 1013, -32006, "exhausted"},
          "not tried: all are lent, and too many wait for one"},
    entry{refusal::no_target,
          {503, 1013, -32007, "no_target"},
          "not tried: nobody is left that could do it"},
    entry{refusal::shutting_down,
          {503, 1001, -32008, "shutting_down"},
          "not tried: nothing new is begun any more"},
};

const entry* find(int value) noexcept {
    if (value < 1 || static_cast<std::size_t>(value) > entries.size()) return nullptr;
    return &entries[static_cast<std::size_t>(value) - 1];
}

class category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "weir.refusal"; }
    [[nodiscard]] std::string message(int value) const override {
        const entry* known = find(value);
        return known == nullptr ? "unknown refusal" : known->message;
    }
};

}  // namespace

const std::error_category& refusal_category() noexcept {
    static const category instance;
    return instance;
}

const refusal_terms& terms_of(refusal why) noexcept {
    const entry* known = find(static_cast<int>(why));
    WEIR_ASSERT(known != nullptr && known->why == why, "no such refusal");
    return known->terms;
}

}  // namespace weir
