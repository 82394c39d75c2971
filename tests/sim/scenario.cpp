// SPDX-License-Identifier: Apache-2.0
#include "scenario.hpp"

#include "event_server.hpp"
#include "participant.hpp"

#include <weir/sim/world.hpp>

#include <memory>
#include <vector>

namespace weir::sim::test {

namespace {

using namespace std::chrono_literals;
constexpr std::uint16_t port = 8080;
constexpr std::size_t clients = 5;

const server_settings& settings() {
    static const server_settings chosen = [] {
        char name[] = "weir_sim";
        char* arguments[] = {name, nullptr};
        server_settings made(1, arguments);
        made.shards = 2;
        made.announces = false;
        return made;
    }();
    return chosen;
}

/// The server's process: its state is as old as the process.
class server_process {
public:
    task<result<void>> run(shard& here, net::endpoint where) {
        if (here.index() == 0) state_ = std::make_shared<server_state>(settings());
        const std::shared_ptr<server_state> mine = state_;
        mine->websocket.rules.allow_any_origin();
        event_server server(*mine);
        co_return co_await server.serve(where);
    }

private:
    std::shared_ptr<server_state> state_;
};

void plan_trouble(world& all) {
    random& chance = all.chance();
    for (const fault each :
         {fault::short_receive, fault::short_send, fault::no_receive_buffer, fault::lost_cancel,
          fault::spurious_wake_up, fault::reordered_completions, fault::late_notification}) {
        if (chance.chance(0.5)) all.faults().rate(each, 0.2);
    }
    if (chance.chance(0.3)) all.faults().rate(fault::reset, 0.002);
    if (chance.chance(0.3)) all.faults().rate(fault::no_memory, 0.002);
}

/// A quarter of a minute of work, with something happening to the network or the server.
void work(world& all, host& server, std::vector<host*>& people) {
    random& chance = all.chance();
    for (int i = 0; i < 5; ++i) {
        all.run_for(chance.between(500ms, 3s));
        host& one = *people[chance.below(people.size())];
        switch (chance.below(4)) {
            case 0:
                all.partition(server, one);
                all.run_for(chance.between(100ms, 8s));
                all.heal(server, one);
                break;
            case 1:
                all.link(server, one).max_latency = chance.between(1ms, 400ms);
                break;
            case 2:
                one.restart();
                break;
            default:
                if (!chance.chance(0.3)) break;
                server.crash();
                all.run_for(chance.between(100ms, 5s));
                server.restart();
        }
    }
}

/// Nothing bad happens any more, and everybody falls silent: what is under way arrives.
void settle(world& all, minutes_book& book) {
    all.faults().clear();
    all.run_for(20s);
    book.quiet = true;
    all.run_for(20s);
}

}  // namespace

story tell(std::uint64_t seed) {
    story told;
    minutes_book book;
    world all(seed);
    host& server = all.add_host("server");
    plan_trouble(all);
    host_options two;
    two.shards = 2;
    auto process = std::make_shared<server_process>();
    const net::endpoint where = server.address(port);
    server.start([process, where](shard& here) { return process->run(here, where); }, two);
    std::vector<host*> people;
    for (std::size_t i = 0; i < clients; ++i) {
        people.push_back(&all.add_host("client" + std::to_string(i)));
        const std::uint64_t own_seed = all.chance().next();
        people.back()->start([&book, i, own_seed](shard&) { return take_part(book, i, own_seed); });
    }
    work(all, server, people);
    settle(all, book);
    told.broken = book.verdict();

    for (host* each : people) each->request_stop();
    server.request_stop();
    if (!all.run_to_end(2min)) told.broken += "does not end:\n" + all.waiters();
    if (server.open_descriptors() != 0) told.broken += "the server left descriptors open\n";
    for (host* each : people) {
        if (each->open_descriptors() != 0) told.broken += "a client left descriptors open\n";
    }
    told.trace_hash = all.trace_hash();
    told.happenings = all.happenings();
    told.events_heard = book.heard();
    told.sessions = book.sessions.size();
    told.simulated = all.elapsed();
    return told;
}

}  // namespace weir::sim::test
