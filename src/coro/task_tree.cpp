// SPDX-License-Identifier: Apache-2.0
#include <weir/coro/task_tree.hpp>
#include <weir/coro/wait_point.hpp>

#include "symbols.hpp"

#include <fmt/format.h>

#include <unordered_map>

namespace weir {
namespace {

using detail::promise_base;

/// Walks scopes and the chains of coroutines in them, and writes down what it meets.
class tree_walk {
public:
    tree_walk(std::vector<task_entry>& entries, scope::time_point now)
        : entries_(entries), now_(now) {}

    void visit(scope& where) {
        where.roots().for_each([&](detail::scope_root& root) {
            promise_base* starter = root.starter();
            if (starter == nullptr) starter = where.owner();
            visit_chain(root.promise(), index_of(starter));
        });
        where.children().for_each([&](scope& child) { visit(child); });
    }

private:
    void visit_chain(promise_base& first, std::size_t parent) {
        for (promise_base* each = &first; each != nullptr; each = each->child()) {
            const std::size_t index = entries_.size();
            entries_.push_back(entry_for(*each, parent));
            index_.emplace(each, index);
            parent = index;
        }
    }

    task_entry entry_for(promise_base& each, std::size_t parent) const {
        task_entry entry;
        void* frame = each.handle().address();
        entry.id = reinterpret_cast<std::uintptr_t>(frame);
        entry.parent = parent;
        // The first word of a frame is its resume function, under both compilers.
        entry.name = detail::function_name_at(*static_cast<const std::uintptr_t*>(frame));
        if (each.child() != nullptr) entry.status = task_entry::state::awaiting_child;
        if (each.is_ready()) entry.status = task_entry::state::ready;
        if (const wait_point* point = each.waits_for()) {
            entry.status = task_entry::state::waiting;
            point->describe(entry.waits_for);
            entry.waiting = now_ - point->since();
        }
        return entry;
    }

    std::size_t index_of(promise_base* promise) const {
        const auto found = index_.find(promise);
        return found == index_.end() ? task_entry::npos : found->second;
    }

    std::vector<task_entry>& entries_;
    scope::time_point now_;
    std::unordered_map<promise_base*, std::size_t> index_;
};

const char* name_of(task_entry::state state) {
    switch (state) {
        case task_entry::state::running:
            return "running";
        case task_entry::state::ready:
            return "ready";
        case task_entry::state::awaiting_child:
            return "awaiting child";
        case task_entry::state::waiting:
            return "waiting";
    }
    return "unknown";
}

std::string json_string(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
    return out + '"';
}

void print_below(const std::vector<task_entry>& entries,
                 const std::vector<std::vector<std::size_t>>& children, std::size_t index,
                 std::string indent, std::string& out) {
    // A chain of awaits stays at one depth of indentation a level; long chains are rare.
    const task_entry& entry = entries[index];
    out += fmt::format("{}{} [{:#x}] {}", indent, entry.name, entry.id, name_of(entry.status));
    if (entry.status == task_entry::state::waiting) {
        const auto ms = std::chrono::duration<double, std::milli>(entry.waiting).count();
        out += fmt::format(" for {}, {:.1f} ms", entry.waits_for, ms);
    }
    out += '\n';
    for (const std::size_t child : children[index]) {
        print_below(entries, children, child, indent + "  ", out);
    }
}

}  // namespace

task_tree task_tree::capture(scope& root, scope::time_point now) {
    task_tree tree;
    tree_walk(tree.entries_, now).visit(root);
    return tree;
}

std::size_t task_tree::waiting_count() const noexcept {
    std::size_t count = 0;
    for (const task_entry& entry : entries_) count += entry.status == task_entry::state::waiting;
    return count;
}

std::string task_tree::to_text() const {
    std::vector<std::vector<std::size_t>> children(entries_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (entries_[i].parent != task_entry::npos) children[entries_[i].parent].push_back(i);
    }
    std::string out;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (entries_[i].parent == task_entry::npos) print_below(entries_, children, i, "", out);
    }
    return out;
}

std::string task_tree::to_json() const {
    std::string out = "[";
    for (const task_entry& entry : entries_) {
        if (out.size() > 1) out += ',';
        const std::string parent = entry.parent == task_entry::npos
                                       ? "null"
                                       : fmt::format("\"{:#x}\"", entries_[entry.parent].id);
        out += fmt::format(
            R"({{"id":"{:#x}","parent":{},"name":{},"state":"{}","waits_for":{},"waiting_ns":{}}})",
            entry.id, parent, json_string(entry.name), name_of(entry.status),
            json_string(entry.waits_for), entry.waiting.count());
    }
    return out + "]";
}

}  // namespace weir
