// SPDX-License-Identifier: Apache-2.0
// otlp_options: who speaks, and how much is kept for the next message. What comes when a bound is
// reached is dropped and counted.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

namespace weir::trace {

/// The bounds of an otlp_recorder.
class otlp_options {
public:
    /// @param service  the name under which a collector shows this process.
    explicit otlp_options(std::string service = "unknown_service") noexcept
        : service_name(std::move(service)) {}

    std::string service_name;
    std::size_t max_spans = 2048;             ///< that have ended and wait; as many may be open
    std::size_t max_logs = 2048;              ///< that wait
    std::size_t max_bytes = 4 * 1024 * 1024;  ///< of spans and logs that wait, and so of a message
    std::size_t max_series = 1000;            ///< metrics by name and attributes
    std::size_t max_batch = 512;              ///< spans or logs in a message; 1 or more
    std::size_t max_events = 128;             ///< in a span, and as many attributes
    std::size_t max_text_bytes = 1024;        ///< of a name or a text; the rest is cut off
};

}  // namespace weir::trace
