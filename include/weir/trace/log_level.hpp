// SPDX-License-Identifier: Apache-2.0
// log_level: how much a line in a log matters.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::trace {

/// The numbers are those of OpenTelemetry's logs data model, "SeverityNumber".
enum class log_level : std::uint8_t {
    trace = 1,     ///< each step, for whoever looks for a fault
    debug = 5,     ///< for developers
    info = 9,      ///< something worth knowing has happened
    warning = 13,  ///< it went well this time
    error = 17,    ///< something did not work
    fatal = 21,    ///< nothing will work from now on
};

/// Its name, in capitals.
[[nodiscard]] constexpr std::string_view name_of(log_level level) noexcept {
    switch (level) {
        case log_level::trace:
            return "TRACE";
        case log_level::debug:
            return "DEBUG";
        case log_level::info:
            return "INFO";
        case log_level::warning:
            return "WARN";
        case log_level::error:
            return "ERROR";
        case log_level::fatal:
            return "FATAL";
    }
    return "UNKNOWN";
}

}  // namespace weir::trace
