// SPDX-License-Identifier: Apache-2.0
// socket_program: a random sequence of socket operations, and what a kernel answers to it, as text.
// The same program is put to Linux and to the simulation; every line must be the same.
#pragma once

#include "io/kernel.hpp"

#include <weir/sim/random.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace weir::sim::test {

/// One step. What the numbers mean depends on the operation; all are taken modulo what there is.
class step {
public:
    enum class operation : std::uint8_t {
        listen,
        connect,
        accept,
        accept_many,
        send,
        send_now,
        receive,
        receive_now,
        receive_many,
        poll,
        poll_many,
        shut_down,
        close,
        abort_on_close,
        cancel,
        names,
        listen_again,
        connect_again,
    };
    static constexpr unsigned operations = 18;

    explicit step(random& chance) noexcept
        : what(static_cast<operation>(chance.below(operations))),
          which(static_cast<unsigned>(chance.below(1024))),
          other(static_cast<unsigned>(chance.below(1024))),
          size(1 + static_cast<unsigned>(chance.below(3000))) {}

    [[nodiscard]] std::string to_text() const;

    operation what;
    unsigned which;
    unsigned other;
    unsigned size;
};

using socket_program = std::vector<step>;

[[nodiscard]] socket_program make_program(std::uint64_t seed);

/// Lets the answers to what was asked arrive.
using settle_function = void (*)(kernel& system);

/// Puts `program` to `system` and returns what happened, a line each.
[[nodiscard]] std::vector<std::string> run_program(kernel& system, const socket_program& program,
                                                   bool is_unix, settle_function settle);

}  // namespace weir::sim::test
