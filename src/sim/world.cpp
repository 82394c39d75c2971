// SPDX-License-Identifier: Apache-2.0
#include <weir/sim/world.hpp>

#include "application.hpp"
#include "engine.hpp"
#include "machine.hpp"
#include "network.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace weir::sim {

class world::inside {
public:
    explicit inside(std::uint64_t number)
        : seed(number), time(number), between(time), for_the_test(number ^ 0x7E57U) {}

    /// Lets one thing happen; false when nothing does before `limit` ends.
    bool step(engine::time_point limit) {
        if (time.next_event() <= time.now()) {
            time.run_next_event();
            return true;
        }
        if (simulated_shard* next = pick_runnable()) {
            next->step();
            for (const auto& each : hosts) each->collect_ended();
            return true;
        }
        const engine::time_point event = time.next_event();
        const engine::time_point when = std::min(event, next_wake_up());
        if (when == engine::time_point::max() || when > limit) return false;
        if (event == when) {
            time.run_next_event();
        } else {
            time.advance_to(when);
        }
        return true;
    }

    std::uint64_t seed;
    engine time;
    network between;
    std::vector<std::unique_ptr<host>> hosts;
    engine::time_point begin = time.now();
    random for_the_test;

private:
    template <class F>
    void for_each_shard(F&& use) const {
        for (const auto& each : hosts) {
            if (application* running = each->running()) {
                for (const auto& one : running->shards()) use(*one);
            }
        }
    }
    [[nodiscard]] simulated_shard* pick_runnable() {
        runnable_.clear();
        for_each_shard([this](simulated_shard& each) {
            if (each.is_runnable()) runnable_.push_back(&each);
        });
        if (runnable_.empty()) return nullptr;
        return runnable_[time.chance().below(runnable_.size())];
    }
    [[nodiscard]] engine::time_point next_wake_up() const {
        engine::time_point first = engine::time_point::max();
        for_each_shard([&](simulated_shard& each) { first = std::min(first, each.wakes_at()); });
        return first;
    }

    std::vector<simulated_shard*> runnable_;
};

world::world(std::uint64_t seed) : inside_(std::make_unique<inside>(seed)) {}
world::~world() = default;

std::uint64_t world::seed() const noexcept { return inside_->seed; }
std::chrono::nanoseconds world::elapsed() const noexcept {
    return inside_->time.now() - inside_->begin;
}
std::chrono::steady_clock::time_point world::now() const noexcept { return inside_->time.now(); }
random& world::chance() noexcept { return inside_->for_the_test; }
fault_plan& world::faults() noexcept { return inside_->time.faults(); }

host& world::add_host(std::string name) {
    const auto index = static_cast<unsigned>(inside_->hosts.size());
    inside_->hosts.push_back(
        std::make_unique<host>(inside_->time, inside_->between, index, std::move(name)));
    host& made = *inside_->hosts.back();
    inside_->between.add(made.inside());
    return made;
}

void world::answer_name(std::string name, std::vector<net::endpoint> addresses) {
    inside_->between.answer_name(std::move(name), std::move(addresses));
}

link_options& world::link(host& a, host& b) {
    return inside_->between.between(a.inside(), b.inside());
}
void world::partition(host& a, host& b) { inside_->between.cut(a.inside(), b.inside()); }
void world::heal(host& a, host& b) { inside_->between.heal(a.inside(), b.inside()); }
void world::reset_connections(host& a, host& b) {
    a.inside().lose_connections_to(b.inside());
    b.inside().lose_connections_to(a.inside());
}

void world::run_for(std::chrono::nanoseconds duration) {
    const engine::time_point limit = inside_->time.now() + duration;
    while (inside_->step(limit)) {
    }
    inside_->time.advance_to(limit);
}

bool world::run_until(const std::function<bool()>& condition, std::chrono::nanoseconds limit) {
    const engine::time_point end = inside_->time.now() + limit;
    while (!condition()) {
        if (inside_->step(end)) continue;
        inside_->time.advance_to(end);
        return false;
    }
    return true;
}

bool world::run_to_end(std::chrono::nanoseconds limit) {
    return run_until(
        [this] {
            return std::none_of(inside_->hosts.begin(), inside_->hosts.end(),
                                [](const auto& each) { return each->is_running(); });
        },
        limit);
}

std::string world::waiters() const {
    std::string all;
    for (const auto& each : inside_->hosts) all += each->waiters();
    return all;
}
std::uint64_t world::trace_hash() const noexcept { return inside_->time.record().hash(); }
std::uint64_t world::happenings() const noexcept { return inside_->time.record().notes() / 3; }

std::uint64_t seed_from_environment(std::uint64_t otherwise) {
    const char* text = std::getenv("WEIR_SEED");
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 0);
}

}  // namespace weir::sim
