// SPDX-License-Identifier: Apache-2.0
#include <weir/ws/connection_error.hpp>

#include <string>

namespace weir::ws {
namespace {

class category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "weir.ws.connection"; }
    [[nodiscard]] std::string message(int value) const override {
        switch (static_cast<connection_errc>(value)) {
            case connection_errc::closed:
                return "the WebSocket connection was closed";
            case connection_errc::ended_without_close:
                return "the peer ended the connection without a close frame";
            case connection_errc::not_an_upgrade:
                return "the request was no WebSocket upgrade";
        }
        return "unknown WebSocket connection error";
    }
};

}  // namespace

const std::error_category& connection_category() noexcept {
    static const category instance;
    return instance;
}

}  // namespace weir::ws
