// SPDX-License-Identifier: Apache-2.0
#include <weir/flow/error.hpp>

#include <string>

namespace weir::flow {
namespace {

class flow_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "weir.flow"; }
    [[nodiscard]] std::string message(int value) const override {
        switch (static_cast<errc>(value)) {
            case errc::wrong_answer_size:
                return "a load did not give one outcome for each key";
            case errc::too_many_restarts:
                return "a supervised child has failed too often";
        }
        return "unknown flow error";
    }
};

}  // namespace

const std::error_category& category() noexcept {
    static const flow_category instance;
    return instance;
}

}  // namespace weir::flow
