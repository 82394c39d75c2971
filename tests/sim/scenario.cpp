// SPDX-License-Identifier: Apache-2.0
#include "scenario.hpp"

#include "minutes_book.hpp"
#include "participant.hpp"
#include "server_process.hpp"

#include <weir/coro/this_task.hpp>
#include <weir/coro/when_all.hpp>
#include <weir/sim/world.hpp>
#include <weir/sync/task_group.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace weir::sim::test {

namespace {

using namespace std::chrono_literals;
constexpr std::uint16_t port = 8080;
constexpr std::size_t clients = 6;  // two on a host
constexpr std::size_t crowd_size = 10;
/// Beyond the budget: the answers to one client's own requests, of which each is some 20 bytes. It
/// makes a few a second, and stops reading for half a minute at the most.
constexpr std::size_t answers_bytes = 4096;

server_settings choose_settings(random& chance) {
    static const server_settings usual = [] {
        char name[] = "weir_sim";
        char* arguments[] = {name, nullptr};
        return server_settings(1, arguments);
    }();
    constexpr std::array policies{pubsub::slow_policy::close, pubsub::slow_policy::drop_newest,
                                  pubsub::slow_policy::drop_oldest};
    constexpr std::array<std::size_t, 3> budgets{80'000, 200'000, 1'000'000};
    server_settings made = usual;
    made.announces = false;
    made.shards = 1 + static_cast<unsigned>(chance.below(3));
    made.rooms.slow = policies[chance.below(policies.size())];
    made.rooms.budget_bytes = budgets[chance.below(budgets.size())];
    return made;
}

/// Tells the story of one seed.
class narrator {
public:
    explicit narrator(std::uint64_t seed)
        : all_(seed),
          settings_(choose_settings(all_.chance())),
          server_(all_.add_host("server")),
          process_(settings_, server_.address(port)),
          crowd_(all_.add_host("crowd")),
          is_peaceful_(all_.chance().chance(0.3)) {}

    story tell();

private:
    void plan_faults();
    void start();
    void make_trouble();
    void cut_off(host& one);
    void pause(host& one);
    void crash(host& one, std::chrono::nanoseconds longest);
    void replace_server();
    void gather_crowd();
    void revive_server();
    void settle();
    void end();
    void pass(std::chrono::nanoseconds duration);
    void watch();
    void complain(const std::string& what) { told_.broken += what; }

    story told_;
    minutes_book book_;
    world all_;
    server_settings settings_;
    host& server_;
    server_process process_;
    std::vector<host*> people_;
    host& crowd_;
    bool is_peaceful_;
};

story narrator::tell() {
    plan_faults();
    start();
    for (int i = 0; i < 5; ++i) {
        pass(all_.chance().between(500ms, 3s));
        if (!is_peaceful_) make_trouble();
    }
    settle();
    end();
    told_.trace_hash = all_.trace_hash();
    told_.happenings = all_.happenings();
    told_.events_heard = book_.heard();
    told_.sessions = book_.sessions.size();
    told_.simulated = all_.elapsed();
    return told_;
}

void narrator::plan_faults() {
    random& chance = all_.chance();
    fault_plan& faults = all_.faults();
    for (const fault each :
         {fault::short_receive, fault::short_send, fault::no_receive_buffer,
          fault::full_completion_queue, fault::lost_cancel, fault::late_cancel,
          fault::spurious_wake_up, fault::reordered_completions, fault::late_notification,
          fault::withheld_notification, fault::copied_send}) {
        if (chance.chance(0.5)) faults.rate(each, 0.2);
    }
    if (is_peaceful_) return;
    for (const fault each : {fault::reset, fault::no_memory, fault::no_descriptor}) {
        if (chance.chance(0.3)) faults.rate(each, 0.002);
    }
}

void narrator::start() {
    host_options options;
    options.shards = settings_.shards;
    if (all_.chance().chance(0.5)) options.reactor.zero_copy_send_bytes = 4096;
    server_.start([this](shard& here) { return process_.run(here); }, options);
    for (std::size_t i = 0; i < clients; i += 2) {
        people_.push_back(&all_.add_host("client" + std::to_string(i)));
        const std::uint64_t own_seed = all_.chance().next();
        people_.back()->start([this, i, own_seed](shard&) -> task<> {
            static_cast<void>(co_await when_all(take_part(book_, i, own_seed),
                                                take_part(book_, i + 1, ~own_seed)));
        });
    }
}

void narrator::make_trouble() {
    random& chance = all_.chance();
    host& one = *people_[chance.below(people_.size())];
    switch (chance.below(8)) {
        case 0:
            return cut_off(one);
        case 1:
            all_.link(server_, one).max_latency = chance.between(1ms, 400ms);
            return;
        case 2:
            all_.link(server_, one).bytes_per_second = 20'000 + chance.below(500'000);
            return;
        case 3:
            return crash(one, 5s);
        case 4:
            return replace_server();
        case 5:
            return pause(chance.chance(0.5) ? one : server_);
        case 6:
            return all_.reset_connections(server_, one);
        default:
            if (chance.chance(0.3)) crash(server_, 5s);
    }
}

void narrator::cut_off(host& one) {
    all_.partition(server_, one);
    pass(all_.chance().between(100ms, 8s));
    all_.heal(server_, one);
}

void narrator::pause(host& one) {
    one.pause();
    pass(all_.chance().between(10ms, 15s));
    one.resume();
}

void narrator::crash(host& one, std::chrono::nanoseconds longest) {
    one.crash();
    pass(all_.chance().between(0ms, longest));
    one.restart();
}

/// Ends the server in order, while clients come and speak, and starts another one.
void narrator::replace_server() {
    gather_crowd();
    if (all_.chance().chance(0.5)) {
        process_.drain();
    } else {
        server_.request_stop();
    }
    pass(all_.chance().between(1ms, 250ms));
    crowd_.crash();
    if (!all_.run_until([this] { return !server_.is_running(); }, 1min)) {
        complain("the server does not end:\n" + server_.waiters());
        return;
    }
    if (server_.open_descriptors() != 0) complain("the server left descriptors open\n");
    pass(all_.chance().between(0ms, 3s));
    server_.restart();
}

/// Many want to come in at the moment at which the server closes the door.
void narrator::gather_crowd() {
    const net::endpoint door = server_.address(port);
    crowd_.start([this, door](shard&) -> task<> {
        task_group all(co_await this_task(), crowd_size);
        for (std::size_t i = 0; i < crowd_size; ++i) {
            static_cast<void>(all.try_spawn(&knock, door, all_.chance().next()));
        }
        static_cast<void>(co_await all.join());
    });
    pass(all_.chance().between(1ms, 10ms));
}

/// A server that finds no descriptor to listen with says so and ends; nothing else ends it.
void narrator::revive_server() {
    if (server_.is_running()) return;
    const result<void>& outcome = *server_.outcome();
    if (outcome) {
        complain("the server has ended\n");
    } else if (outcome.error() != std::errc::too_many_files_open) {
        complain("the server has ended: " + outcome.error().message() + "\n");
    }
    server_.restart();
}

/// Nothing bad happens any more: everybody gets answers. Then all fall silent, and what is under
/// way arrives.
void narrator::settle() {
    all_.faults().clear();
    book_.is_calm = true;
    for (host* each : people_) all_.link(server_, *each).bytes_per_second = 0;
    pass(15s);
    revive_server();
    pass(20s);
    const std::string silent = book_.without_answer(clients, all_.now() - 10s);
    if (!silent.empty()) complain(silent + all_.waiters());
    book_.is_quiet = true;
    pass(20s);
    const pubsub::rooms_statistics counted = process_.statistics();
    told_.events_dropped = counted.dropped;
    complain(book_.verdict(counted.dropped));
    if (!is_peaceful_ || book_.broken_off.size() <= counted.fell_behind) return;
    for (const std::string& each : book_.broken_off) complain(each + "\n");
}

void narrator::end() {
    book_.is_over = true;
    for (host* each : people_) each->request_stop();
    server_.request_stop();
    if (!all_.run_to_end(2min)) complain("does not end:\n" + all_.waiters());
    if (server_.open_descriptors() != 0) complain("the server left descriptors open\n");
    for (host* each : people_) {
        if (each->open_descriptors() != 0) complain("a client left descriptors open\n");
    }
}

void narrator::pass(std::chrono::nanoseconds duration) {
    static_cast<void>(all_.run_until(
        [this] {
            watch();
            return false;
        },
        duration));
}

void narrator::watch() {
    const std::size_t waiting = process_.longest_queue();
    if (waiting <= settings_.rooms.budget_bytes + answers_bytes || !told_.broken.empty()) return;
    complain(std::to_string(waiting) + " bytes wait for a client, the budget is " +
             std::to_string(settings_.rooms.budget_bytes) + "\n");
}

}  // namespace

story tell(std::uint64_t seed) { return narrator(seed).tell(); }

}  // namespace weir::sim::test
