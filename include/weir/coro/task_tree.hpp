// SPDX-License-Identifier: Apache-2.0
// The live task tree: every suspended coroutine with its parent, what it waits for and for how
// long. It is read from links that exist anyway, so an undumped tree costs nothing.
#pragma once

#include <weir/coro/scope.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir {

/// One coroutine in a snapshot of the tree.
class task_entry {
public:
    enum class state { running, ready, awaiting_child, waiting };

    task_entry() = default;

    std::uintptr_t id = 0;      ///< address of the coroutine frame
    std::size_t parent = npos;  ///< index in the snapshot of the parent; npos = a root
    std::string name;           ///< function, if the program has symbols; otherwise an address
    state status = state::running;
    std::string waits_for;  ///< `recv fd=7`, `mutex`, `group of 3` ...; empty unless waiting
    std::chrono::nanoseconds waiting{};  ///< how long it has waited; 0 unless waiting

    static constexpr std::size_t npos = static_cast<std::size_t>(-1);
};

/// A snapshot of the coroutines below one scope, parents before children.
class task_tree {
public:
    /// Takes a snapshot of everything that runs in `root` and below, as of `now`. Only on the
    /// thread that owns the tree.
    [[nodiscard]] static task_tree capture(scope& root, scope::time_point now);

    [[nodiscard]] const std::vector<task_entry>& entries() const noexcept { return entries_; }
    /// Coroutines that wait for something other than a child: those that could be stuck.
    [[nodiscard]] std::size_t waiting_count() const noexcept;

    /// An indented listing for people, one coroutine a line.
    [[nodiscard]] std::string to_text() const;
    /// A JSON array of objects `id, parent, name, state, waits_for, waiting_ns`.
    [[nodiscard]] std::string to_json() const;

private:
    std::vector<task_entry> entries_;
};

}  // namespace weir
