// SPDX-License-Identifier: Apache-2.0
#include "application.hpp"

#include "machine.hpp"

#include <weir/base/assert.hpp>
#include <weir/base/error.hpp>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace weir::sim {

namespace {
/// Turns that a dead application may take to unwind: far more than any that ends at all.
constexpr unsigned max_last_turns = 1'000'000;
}  // namespace

application::application(machine& home, const host_options& options,
                         const weir::detail::shard_main& main)
    : home_(home), max_posted_(options.max_posted), running_(options.shards) {
    WEIR_ASSERT(options.shards > 0, "a simulated application needs at least one shard");
    for (unsigned i = 0; i < options.shards; ++i) {
        shards_.push_back(std::make_unique<simulated_shard>(*this, home, i, options.reactor));
    }
    for (const auto& each : shards_) each->start(main);
}

application::~application() {
    if (!has_ended()) die();
}

unsigned application::size() const noexcept { return static_cast<unsigned>(shards_.size()); }

shard& application::at(unsigned index) const noexcept {
    WEIR_ASSERT(index < shards_.size(), "there is no shard of that index");
    return shards_[index]->handle();
}

void application::request_stop() {
    if (std::exchange(stopped_, true)) return;
    for (const auto& each : shards_) each->stop_soon();
}

void application::main_ended(std::error_code error, std::exception_ptr exception) {
    const bool is_first = !error_ && !exception_;
    // What ends because of a stop is no error.
    const bool is_failure = exception != nullptr || (error && !(stopped_ && is_stopped(error)));
    if (is_failure && is_first) {
        error_ = error;
        exception_ = std::move(exception);
    }
    if (--running_ == 0) {
        for (const auto& each : shards_) each->end();
    }
    if (!is_failure || std::exchange(stopped_, true)) return;
    for (const auto& each : shards_) each->stop_soon();
}

void application::die() {
    stopped_ = true;
    for (const auto& each : shards_) each->die();
    home_.go_down();
    for (unsigned turns = 0; !has_ended(); ++turns) {
        if (turns == max_last_turns) {
            std::fprintf(stderr, "%s", waiters().c_str());
            WEIR_ASSERT(false, "a crashed host has tasks that do not end when they are stopped");
        }
        for (const auto& each : shards_) {
            if (!each->has_ended()) each->step();
        }
    }
}

bool application::has_ended() const noexcept {
    return std::all_of(shards_.begin(), shards_.end(),
                       [](const auto& each) { return each->has_ended(); });
}

result<void> application::outcome() const {
    if (exception_) std::rethrow_exception(exception_);
    if (error_) return fail(error_);
    return {};
}

std::string application::waiters() const {
    std::string all;
    for (const auto& each : shards_) {
        all += home_.name() + ", shard " + std::to_string(each->handle().index()) + ":\n" +
               each->waiters();
    }
    return all;
}

}  // namespace weir::sim
