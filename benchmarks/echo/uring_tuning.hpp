// SPDX-License-Identifier: Apache-2.0
// How raw_uring receives, as its command line says; the defaults are the best found over all cells.
#pragma once

#include "command_line.hpp"

#include <cstddef>
#include <string>

namespace echo {

enum class receive_mode { multishot, single, poll, hybrid };

struct tuning {
    receive_mode receive;
    unsigned buffers;
    std::size_t buffer_bytes;
    std::size_t scratch_bytes;
    std::size_t bulk_bytes;
    std::size_t split_bytes;
    unsigned rearm;

    explicit tuning(const flags& given)
        : receive(mode_named(given.text("--receive", "hybrid"))),
          buffers(static_cast<unsigned>(given.number("--buffers", 4))),
          buffer_bytes(static_cast<std::size_t>(given.number("--buffer-bytes", 262144))),
          scratch_bytes(static_cast<std::size_t>(given.number("--scratch-bytes", 524288))),
          bulk_bytes(static_cast<std::size_t>(given.number("--bulk-bytes", 12288))),
          split_bytes(static_cast<std::size_t>(given.number("--split-bytes", 65536))),
          rearm(static_cast<unsigned>(given.number("--rearm", 1))) {}

    static receive_mode mode_named(const std::string& name) {
        if (name == "single") return receive_mode::single;
        if (name == "poll") return receive_mode::poll;
        if (name == "multishot") return receive_mode::multishot;
        return receive_mode::hybrid;
    }
};

}  // namespace echo
