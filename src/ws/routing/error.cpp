// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/routing/error.hpp>

#include <string>

namespace weir::ws {
namespace {

class category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "weir.ws.routing"; }
    [[nodiscard]] std::string message(int value) const override {
        switch (static_cast<routing_errc>(value)) {
            case routing_errc::no_type:
                return "the message has neither a type nor a batch";
            case routing_errc::ambiguous:
                return "the message says twice what it is";
            case routing_errc::batch_over_limit:
                return "the batch has too many messages";
            case routing_errc::malformed_frame:
                return "the binary message does not fit its layout";
            case routing_errc::other_kind:
                return "text where a binary message is due, or binary where text is";
        }
        return "unknown routing error";
    }
};

}  // namespace

const std::error_category& routing_category() noexcept {
    static const category instance;
    return instance;
}

}  // namespace weir::ws
