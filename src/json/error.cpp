// SPDX-License-Identifier: Apache-2.0
#include <weir/json/error.hpp>

#include <string>

namespace weir::json {
namespace {

class json_category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "weir.json"; }
    [[nodiscard]] std::string message(int value) const override {
        switch (static_cast<errc>(value)) {
            case errc::cut_off:
                return "the JSON text ends too early";
            case errc::unexpected_character:
                return "unexpected character in JSON";
            case errc::bad_string:
                return "control character in a JSON string";
            case errc::bad_escape:
                return "unknown escape or lone surrogate in a JSON string";
            case errc::bad_number:
                return "malformed number in JSON";
            case errc::other_type:
                return "JSON value of another type";
            case errc::too_deep:
                return "JSON nested too deeply";
            case errc::too_many_keys:
                return "too many keys in JSON";
        }
        return "unknown JSON error";
    }
};

}  // namespace

const std::error_category& category() noexcept {
    static const json_category instance;
    return instance;
}

}  // namespace weir::json
