// SPDX-License-Identifier: Apache-2.0
// Calls a server at moments that do not depend on its answers, as the rest of the world does. The
// moments come by chance (Poisson), from a seed; latency counts from them, not from the sending. A
// call that was neither answered nor refused in the end has taken at least until then.
//
//   open_loop PORT CALLS_A_SECOND SECONDS WARM_UP_SECONDS LIMIT_US     (LIMIT_US 0 = none)
#include "wire.hpp"

#include <weir/base/random.hpp>
#include <weir/coro/ok.hpp>
#include <weir/coro/this_task.hpp>
#include <weir/io/run.hpp>
#include <weir/io/sleep.hpp>
#include <weir/metrics/histogram.hpp>
#include <weir/sync/task_group.hpp>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <vector>

namespace {

using namespace overload;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;
using seconds = std::chrono::duration<double>;
constexpr std::size_t connections = 16;
constexpr auto patience = 300ms;  // for answers after the last call

/// What is asked of the program.
class plan {
public:
    explicit plan(char** arguments)
        : port(static_cast<std::uint16_t>(std::atoi(arguments[1]))),
          rate(std::atof(arguments[2])),
          measured(std::atof(arguments[3])),
          warm_up(std::atof(arguments[4])),
          limit_us(std::atof(arguments[5])) {}
    std::uint16_t port;
    double rate;
    seconds measured;
    seconds warm_up;
    double limit_us;
};

/// All calls of a run and what became of them.
class run {
public:
    explicit run(const plan& wanted) : plan_(wanted) {
        moments_.reserve(static_cast<std::size_t>(
            1.5 * wanted.rate * (wanted.measured + wanted.warm_up).count() + 1000));
    }

    weir::task<weir::result<void>> call_all();
    void print() const;

private:
    weir::task<weir::result<void>> send_all();
    weir::task<> take_answers(weir::net::tcp_socket& from);
    void note(number answer);
    [[nodiscard]] bool counts(clock_type::time_point moment) const {
        return moment >= counts_from_;
    }

    const plan& plan_;
    std::vector<weir::net::tcp_socket> sockets_;
    std::vector<clock_type::time_point> moments_;
    std::vector<bool> is_open_;
    clock_type::time_point counts_from_;
    weir::metrics::histogram accepted_;
    weir::metrics::histogram refused_;
    std::uint64_t offered_ = 0;
    std::uint64_t open_ = 0;
    std::uint64_t unanswered_ = 0;
};

weir::task<weir::result<void>> run::call_all() {
    for (std::size_t i = 0; i < connections; ++i) {
        const auto server = weir::net::endpoint::loopback(plan_.port);
        sockets_.push_back(co_await weir::ok(weir::net::connect(server)));
    }
    weir::task_group readers(co_await weir::this_task(), connections);
    const auto read = [this](std::size_t at) { return take_answers(sockets_[at]); };
    for (std::size_t i = 0; i < connections; ++i) static_cast<void>(readers.try_spawn(read, i));
    co_await weir::ok(send_all());
    const auto given_up = clock_type::now() + patience;
    while (open_ > 0 && clock_type::now() < given_up) co_await weir::ok(weir::sleep_for(1ms));
    readers.request_stop();
    static_cast<void>(co_await readers.join());
    sockets_.clear();  // a reactor ends after the last of its sockets
    const auto end = clock_type::now();
    for (std::size_t i = 0; i < moments_.size(); ++i) {
        if (!is_open_[i] || !counts(moments_[i])) continue;
        ++unanswered_;
        accepted_.record(end - moments_[i]);
    }
    co_return weir::result<void>();
}

weir::task<weir::result<void>> run::send_all() {
    weir::random chance(11);
    const auto begin = clock_type::now();
    counts_from_ = begin + std::chrono::duration_cast<clock_type::duration>(plan_.warm_up);
    const auto end =
        counts_from_ + std::chrono::duration_cast<clock_type::duration>(plan_.measured);
    auto next = begin;
    for (number index = 0;; ++index) {
        const seconds pause(-std::log(1 - chance.between(0.0, 1.0)) / plan_.rate);
        next += std::chrono::duration_cast<clock_type::duration>(pause);
        if (next >= end) co_return weir::result<void>();
        if (next > clock_type::now()) co_await weir::ok(weir::sleep_until(next));
        moments_.push_back(next);
        is_open_.push_back(true);
        ++open_;
        if (counts(next)) ++offered_;
        co_await weir::ok(send(sockets_[index % connections], index));
    }
}

weir::task<> run::take_answers(weir::net::tcp_socket& from) {
    while (const auto answer = co_await receive(from)) note(*answer);
}

void run::note(number answer) {
    const number index = answer & ~refused;
    if (index >= moments_.size() || !is_open_[index]) {
        std::fprintf(stderr, "open_loop: an answer to no question\n");
        std::exit(1);
    }
    is_open_[index] = false;
    --open_;
    if (!counts(moments_[index])) return;
    const auto took = clock_type::now() - moments_[index];
    (answer == index ? accepted_ : refused_).record(took);
}

void run::print() const {
    const auto limit = plan_.limit_us > 0 ? static_cast<std::uint64_t>(plan_.limit_us * 1000)
                                          : std::numeric_limits<std::uint64_t>::max();
    const auto us = [](const weir::metrics::histogram& of, double share) {
        return static_cast<double>(of.quantile(share)) / 1000;
    };
    const std::uint64_t in_time =
        plan_.limit_us > 0 ? accepted_.count_up_to(limit) : accepted_.count() - unanswered_;
    std::printf(
        "{\"offered\": %llu, \"seconds\": %.3f, \"in_time\": %llu, \"accepted\": %llu, "
        "\"refused\": %llu, \"unanswered\": %llu, \"p50_us\": %.1f, \"p99_us\": %.1f, "
        "\"refused_p99_us\": %.1f}\n",
        static_cast<unsigned long long>(offered_), plan_.measured.count(),
        static_cast<unsigned long long>(in_time),
        static_cast<unsigned long long>(accepted_.count()),
        static_cast<unsigned long long>(refused_.count()),
        static_cast<unsigned long long>(unanswered_), us(accepted_, 0.5), us(accepted_, 0.99),
        us(refused_, 0.99));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) {
        std::fprintf(stderr, "open_loop PORT CALLS_A_SECOND SECONDS WARM_UP_SECONDS LIMIT_US\n");
        return 2;
    }
    const plan wanted(argv);
    run all(wanted);
    const auto outcome = weir::run(all.call_all());
    if (!outcome) {
        std::fprintf(stderr, "open_loop: %s\n", outcome.error().message().c_str());
        return 1;
    }
    all.print();
    return 0;
}
