// SPDX-License-Identifier: Apache-2.0
#include <weir/resilience/refusal.hpp>

#include <string>

namespace weir::resilience {
namespace {

class category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "weir.refusal"; }
    [[nodiscard]] std::string message(int value) const override {
        switch (static_cast<refusal>(value)) {
            case refusal::circuit_open:
                return "not tried: too much of this has failed lately";
            case refusal::rate_limited:
                return "not tried: too much of this has begun lately";
        }
        return "unknown refusal";
    }
};

}  // namespace

const std::error_category& refusal_category() noexcept {
    static const category instance;
    return instance;
}

}  // namespace weir::resilience
